/** A message on its way to many receivers; its JSON text is made once, when it is first needed. */
import { jsonOf } from './json-text.js';
import type { ServerMessage } from './messages.js';

export interface Published<M extends ServerMessage = ServerMessage> {
  readonly type: M['type'];
  readonly message: M;
  /** The message as clients are told it. */
  readonly json: string;
}

/** A message that this server made. */
export class PublishedMessage<M extends ServerMessage> implements Published<M> {
  #json: string | undefined;

  constructor(readonly message: M) {}

  get type(): M['type'] {
    return this.message.type;
  }

  get json(): string {
    this.#json ??= jsonOf(this.message);
    return this.#json;
  }
}
