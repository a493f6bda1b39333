/** A chat at a terminal: a prompt that stays alive, until the user ends it. */

import type { TerminalInput } from '../terminal/key-input.js';
import { LivePrompt, type PromptOutput } from '../terminal/live-prompt.js';
import { printable } from '../wire/printable.js';
import { Chat } from './chat.js';
import { enterLine } from './commands.js';
import { complete } from './complete.js';
import { Connection, type Down, type Welcome } from './connection.js';
import { renderProblem, seconds } from './render.js';
import type { Setting } from './setting.js';

export interface Terminal {
  readonly input: TerminalInput;
  readonly output: PromptOutput;
  /** Ends the chat from outside, as Ctrl-C does from inside. */
  readonly stop: AbortSignal;
}

/**
 * Talks until the user ends it with /quit, Ctrl-C or Ctrl-D, or it is stopped; the terminal is then as it was.
 *
 * @param setting what the chat works with, and the channel to join at the start
 */
export async function runInteractive(setting: Setting, terminal: Terminal): Promise<void> {
  const { ink, clock, where, start } = setting;
  let wasUp = false;

  const ended = new Promise<void>((resolve) => {
    const chat = new Chat({
      ...setting,
      echoes: true,
      send: (message) => connection.send(message),
      print: (line) => prompt.print(line),
      complain: (problem) =>
        prompt.print(renderProblem({ ink, nowMs: clock.wallMs(), several: false }, problem)),
      onChange: () => prompt.setPrompt(chat.prompt),
      onQuit: end,
    });
    const prompt = new LivePrompt({
      ...terminal,
      prompt: chat.prompt,
      keepEntered: false,
      completer: (typed) => complete(typed, chat.state),
      onLine: (line) => void enterLine(chat, line),
      onEnd: (how) => {
        if (how === 'ended') void chat.quit();
        else end();
      },
    });
    const connection = new Connection({
      ...setting,
      onUp: (welcome) => {
        greet(chat, welcome);
        void chat.up(welcome);
      },
      onMessage: (message) => chat.receive(message),
      onDown: (down) => {
        chat.down();
        chat.complain(describeDown(down));
      },
    });

    terminal.stop.addEventListener('abort', end, { once: true });
    if (start.channel !== undefined) void chat.join(start.channel, start.name);
    connection.start();

    function end(): void {
      terminal.stop.removeEventListener('abort', end);
      prompt.close();
      chat.close();
      void connection.close().then(resolve);
    }
  });
  await ended;

  function greet(chat: Chat, { server }: Welcome): void {
    chat.tell(`Connected ${wasUp ? 'again ' : ''}to ${printable(server)} (${where}).`);
    wasUp = true;
    if (chat.state.channels.length === 0) chat.tell('Join a channel: join <channel> <username>, or /help');
  }
}

function describeDown({ wasUp, why, retryMs }: Down): string {
  return `${wasUp ? 'The connection was lost' : 'Cannot connect'}: ${why}. Trying again in ${seconds(retryMs)}.`;
}
