/**
 * The JSON dialect: one JSON object a message, both ways. [PROTOCOL 1]
 *
 * A further dialect is a further file like this one: text of a client in, text for a client out.
 */
import { type Decoded, decodeClientMessage } from '../wire/decode-client-message.js';
import { ProtocolError } from '../wire/errors.js';

/** How one kind of client speaks. */
export interface Dialect {
  /** Decodes a line or frame of a client, which is `undefined` if it was not UTF-8. Never throws. */
  decode(text: string | undefined): Decoded;
  /** Encodes a message. Its JSON is made at most once, for all receivers together. */
  encode(published: { readonly json: string }): string;
}

export const jsonDialect: Dialect = {
  decode(text) {
    if (text !== undefined) return decodeClientMessage(text);
    const error = new ProtocolError('malformed', 'Malformed: not UTF-8 text; send one JSON object.');
    return { ok: false, error, ref: undefined };
  },
  encode: (published) => published.json,
};
