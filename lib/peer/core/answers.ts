/**
 * Answers to the questions of other servers. An answer may be much longer than its question, and a ROUTED frame can be
 * sent in another server's name. So each server in reach has a share of bytes, and questions beyond it are not
 * answered; a server that needs an answer asks again. [PEERING 8]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../limits.js';

export interface AnswersOptions {
  readonly ownNode: string;
  readonly reaches: (node: string) => boolean;
  readonly sendTo: (node: string, inner: Buffer) => void;
  readonly nowMs: () => number;
}

interface Share {
  /** The bytes that are left; below 0 after an answer that was longer than the share. */
  bytes: number;
  atMs: number;
}

export class Answers {
  readonly #shares = new Map<string, Share>();

  constructor(private readonly options: AnswersOptions) {}

  /**
   * Answers a server, unless it is out of reach or its share is used up.
   *
   * @param make makes the frame; it is not called if nothing is sent
   * @returns whether it was sent
   */
  send(to: string, make: () => Buffer): boolean {
    const { ownNode, reaches, sendTo } = this.options;
    if (to === ownNode) {
      sendTo(to, make());
      return true;
    }
    if (!reaches(to)) return false;
    const share = this.#shareOf(to);
    if (share.bytes <= 0) return false;
    const inner = make();
    share.bytes -= inner.length;
    sendTo(to, inner);
    return true;
  }

  forgetNode(node: string): void {
    this.#shares.delete(node);
  }

  #shareOf(node: string): Share {
    const nowMs = this.options.nowMs();
    const share = this.#shares.get(node);
    if (!share) {
      const whole = { bytes: limits.answerBurstBytes, atMs: nowMs };
      this.#shares.set(node, whole);
      return whole;
    }
    const refill = ((nowMs - share.atMs) / 1000) * limits.answerBytesPerSecond;
    share.bytes = Math.min(limits.answerBurstBytes, share.bytes + refill);
    share.atMs = nowMs;
    return share;
  }
}
