/**
 * The long answers that links have asked for. They are sent bit by bit, as fast as the link takes them, so that they
 * fill neither its queue nor a turn of the event loop. [PEERING 4.3]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import type { LinkId } from './link-table.js';

export class Introductions {
  readonly #tellings = new Map<LinkId, Iterator<Buffer>[]>();

  /**
   * @param send puts a frame on a link
   * @param waitingBytes how many bytes wait on a link
   */
  constructor(
    private readonly send: (link: LinkId, bytes: Buffer) => void,
    private readonly waitingBytes: (link: LinkId) => number,
  ) {}

  /**
   * Begins an answer on a link. Frames are taken from `frames` only when the link has room. If the link already has
   * `limits.tellings` answers under way, nothing is sent.
   */
  begin(link: LinkId, frames: Iterable<Buffer>): void {
    const tellings = this.#tellings.get(link) ?? [];
    if (tellings.length >= limits.tellings) return;
    tellings.push(frames[Symbol.iterator]());
    this.#tellings.set(link, tellings);
    this.goOn(link);
  }

  /** Goes on with the answers of a link, or of all links if none is given. */
  goOn(link?: LinkId): void {
    for (const id of link === undefined ? [...this.#tellings.keys()] : [link]) this.#tell(id);
  }

  end(link: LinkId): void {
    this.#tellings.delete(link);
  }

  #tell(link: LinkId): void {
    const tellings = this.#tellings.get(link) ?? [];
    while (tellings[0] && this.waitingBytes(link) < limits.introductionBytes) {
      const { done, value } = tellings[0].next();
      if (done) tellings.shift();
      else this.send(link, value);
    }
    if (tellings.length === 0) this.#tellings.delete(link);
  }
}
