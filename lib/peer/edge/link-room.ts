/** The bounds on links: how many this server takes in all, and how many of these from one place. [PEERING 3.1] */
import { limits } from '../../limits.js';
import { placeOf } from '../../wire/scope.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';
import type { LinkId, LinkState, LinkTable } from '../core/links/link-table.js';
import type { Link } from './link.js';

export interface LinkRoomOptions {
  /** The most links with other servers. */
  readonly maxLinks: number;
  /** The workers of this server, if it has any. There is room for their links besides those with other servers. */
  readonly workers?: { readonly count: number; isWorker(node: string): boolean };
}

/** The connection of a server that has proven who it is and asks for a link. */
export type Newcomer = Pick<Link, 'remoteHost' | 'isEncrypted' | 'isWithinMachine'>;

export class LinkRoom {
  /**
   * @param links the links in use
   * @param linkOf finds the connection of a link
   */
  constructor(
    private readonly options: LinkRoomOptions,
    private readonly links: () => LinkTable,
    private readonly linkOf: (id: LinkId) => Pick<Newcomer, 'remoteHost'> | undefined,
  ) {}

  /** The most links, including those of workers. */
  get most(): number {
    return this.options.maxLinks + (this.options.workers?.count ?? 0);
  }

  /** Why there is no room for a link with a server; undefined if there is room. */
  whyNone(node: string): Goodbye | undefined {
    const { workers, maxLinks } = this.options;
    if (!workers || workers.isWorker(node) || this.links().to(node)) return undefined;
    return this.#others().length >= maxLinks ? goodbye('full') : undefined;
  }

  /**
   * Why there is no room for a link that the other end made; undefined if there is room. Of such links only some may
   * come from one place, so that nobody takes all of them. This bound is not for servers that have the network key,
   * since they are trusted, and not for those on this machine, since they could do worse things.
   */
  whyNoneFor(link: Newcomer, node: string): Goodbye | undefined {
    const none = this.whyNone(node);
    if (none || link.isEncrypted || link.isWithinMachine) return none;
    if (this.links().to(node) || this.options.workers?.isWorker(node)) return undefined;
    const place = placeOf(link.remoteHost);
    const neighbours = this.#others().filter(
      ({ id, dialled }) => dialled === undefined && placeOf(this.linkOf(id)?.remoteHost ?? '') === place,
    );
    const most = Math.max(1, Math.min(limits.linksPerPlace, Math.floor(this.options.maxLinks / 2)));
    return neighbours.length >= most ? goodbye('full', `${most} from one address`) : undefined;
  }

  /** The links except those with workers. */
  #others(): LinkState[] {
    const { workers } = this.options;
    return [...this.links().active()].filter(({ node }) => !workers?.isWorker(node));
  }
}
