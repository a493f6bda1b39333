/** A channel event on its way to many: its JSON text is made once, whoever asks for it first. */
import type { ChannelEvent, ServerMessage } from '../wire/messages.js';

export class Published<M extends ServerMessage = ServerMessage> {
  #json: string | undefined;

  constructor(readonly message: M) {}

  get json(): string {
    this.#json ??= JSON.stringify(this.message);
    return this.#json;
  }
}

export type PublishedEvent = Published<ChannelEvent>;
