/** Whether this server has room for one more link: in all, and from one place. [PEERING 3.1] */
import { limits } from '../../limits.js';
import { placeOf } from '../../wire/scope.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';
import type { LinkId, LinkState, LinkTable } from '../core/links/link-table.js';
import type { Link } from './link.js';

export interface LinkRoomOptions {
  /** The most links with other servers. */
  readonly maxLinks: number;
  /** Nodes of this same server, if it has any: as many links besides are kept for them. */
  readonly workers?: { readonly count: number; isWorker(node: string): boolean };
}

/** The connection of a server that may come in. */
export type Newcomer = Pick<Link, 'remoteHost' | 'isEncrypted' | 'isWithinMachine'>;

export class LinkRoom {
  /**
   * @param links those in use
   * @param linkOf the connection of a link
   */
  constructor(
    private readonly options: LinkRoomOptions,
    private readonly links: () => LinkTable,
    private readonly linkOf: (id: LinkId) => Pick<Newcomer, 'remoteHost'> | undefined,
  ) {}

  /** The most links, those of workers among them. */
  get most(): number {
    return this.options.maxLinks + (this.options.workers?.count ?? 0);
  }

  /** Why there is no room for a link with a server. @returns undefined if there is */
  whyNone(node: string): Goodbye | undefined {
    const { workers, maxLinks } = this.options;
    if (!workers || workers.isWorker(node) || this.links().to(node)) return undefined;
    return this.#others().length >= maxLinks ? goodbye('full') : undefined;
  }

  /**
   * The same, for a link that the other end made: of those some are from each place at most, so that nobody takes all that
   * there are. Who has the network key is no stranger, and who is on the same machine could do worse.
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

  /** The links but for those with workers. */
  #others(): LinkState[] {
    const { workers } = this.options;
    return [...this.links().active()].filter(({ node }) => !workers?.isWorker(node));
  }
}
