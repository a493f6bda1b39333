/**
 * Where a message goes from here: along its origin's tree of shortest paths, pruned to where members are. [PEERING 5]
 */
import { limits } from '../../../limits.js';
import type { Interests } from './interest.js';
import type { View } from './view.js';

interface Route {
  /** The version of the channel's audience that this was computed for. */
  readonly stamp: number;
  readonly neighbours: readonly string[];
}

const nowhere: readonly string[] = [];

export class Routes {
  /** Routes by origin and channel, all for one view. */
  readonly #known = new Map<string, Map<string, Route>>();
  #count = 0;
  #view: View | undefined;
  /** For each place, the mark of the last walk that came by it. */
  #marks = new Uint32Array(0);
  #mark = 0;

  constructor(private readonly interests: Interests) {}

  /** The neighbours to which an event of an origin is sent on. */
  next(view: View, origin: string, channel: string): readonly string[] {
    if (view !== this.#view || this.#count > limits.routes) this.#startAnew(view);
    let ofOrigin = this.#known.get(origin);
    if (!ofOrigin) {
      ofOrigin = new Map();
      this.#known.set(origin, ofOrigin);
    }
    const stamp = this.interests.stampOf(channel);
    const known = ofOrigin.get(channel);
    if (known?.stamp === stamp) return known.neighbours;
    if (!known) this.#count++;
    const neighbours = this.#find(view, origin, channel);
    ofOrigin.set(channel, { stamp, neighbours });
    return neighbours;
  }

  #startAnew(view: View): void {
    this.#view = view;
    this.#known.clear();
    this.#count = 0;
    this.#marks = new Uint32Array(view.places);
    this.#mark = 0;
  }

  /** Walks from each interested server towards the root. A way that comes by here names one of our children. */
  #find(view: View, origin: string, channel: string): readonly string[] {
    const { own } = view;
    const root = view.placeOf(origin);
    if (root === undefined) return nowhere;
    const parents = view.parentsFrom(root);
    const mark = ++this.#mark;
    const found: string[] = [];
    for (const node of this.interests.audienceOf(channel).keys()) {
      let place = view.placeOf(node) ?? -1;
      while (place >= 0 && place !== own && this.#marks[place] !== mark) {
        this.#marks[place] = mark;
        const parent = parents[place] ?? -1;
        const child = view.nodeAt(place);
        if (parent === own && child !== undefined) found.push(child);
        place = parent;
      }
    }
    return found;
  }
}
