/**
 * The replies `joined` and `names`. Their lists may be long, so JSON that a list has made already is used and not
 * written anew. [PROTOCOL 3]
 */
import type { Ref, ServerMessage } from '../wire/messages.js';
import type { Published } from '../wire/published.js';

/** The names of a channel's members, as many as a reply has room for. */
export interface NameList {
  /** How many names it has. */
  readonly count: number;
  /** How many names are left out; undefined if none are. */
  readonly more: number | undefined;
  names(): readonly string[];
  /** The names as a JSON array. */
  json(): string;
}

type Answer = Extract<ServerMessage, { type: 'joined' | 'names' }>;

/** The answer without its list. */
export type Bare<A extends Answer = Answer> = A extends Answer ? Omit<A, 'members' | 'more' | 'ref'> : never;

export class NamesReply implements Published<Answer> {
  readonly json: string;

  constructor(
    private readonly bare: Bare,
    private readonly list: NameList,
    private readonly ref: Ref | undefined,
  ) {
    const rest = JSON.stringify({ more: list.more, ref });
    const end = rest === '{}' ? '}' : `,${rest.slice(1)}`;
    this.json = `${JSON.stringify(bare).slice(0, -1)},"members":${list.json()}${end}`;
  }

  get type(): Answer['type'] {
    return this.bare.type;
  }

  get message(): Answer {
    return { ...this.bare, members: this.list.names(), more: this.list.more, ref: this.ref };
  }
}
