/** A message on its way to many: its JSON text is made once, whoever asks for it first. */
import { jsonOf } from '../wire/json-text.js';
import type { ServerMessage } from '../wire/messages.js';

export class Published {
  #json: string | undefined;

  /** @param json the message's JSON, if somebody has made it already */
  constructor(
    readonly message: ServerMessage,
    json?: string,
  ) {
    this.#json = json;
  }

  get json(): string {
    this.#json ??= jsonOf(this.message);
    return this.#json;
  }
}
