/**
 * The `welcome`, which is the first message to a client: which server this is, and what the client may do. [PROTOCOL 3]
 */
import { limits } from '../limits.js';
import { features, protocolVersion, type ServerMessage } from '../wire/messages.js';

export interface WelcomeOptions {
  readonly serverName: string;
  readonly version: string;
  /** How many commands a second one session may give; undefined for no limit. */
  readonly commandsPerSecond: number | undefined;
}

export function welcome({ serverName, version, commandsPerSecond }: WelcomeOptions): ServerMessage {
  const { textBytes, userNameCharacters, channelNameCharacters, channelsPerSession, lineBytes } = limits;
  return {
    type: 'welcome',
    server: serverName,
    version,
    protocol: protocolVersion,
    limits: {
      textBytes,
      userNameCharacters,
      channelNameCharacters,
      channelsPerSession,
      lineBytes,
      commandsPerSecond,
      commandBurst: commandsPerSecond === undefined ? undefined : burstFor(commandsPerSecond),
    },
    features,
  };
}

/** The burst that belongs to a rate, in the proportion of the default limits. */
export function burstFor(commandsPerSecond: number): number {
  return Math.max(1, Math.round((commandsPerSecond * limits.commandBurst) / limits.commandsPerSecond));
}
