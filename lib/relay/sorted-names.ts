/**
 * Names in the order of their normal forms, kept in small blocks. To add or remove a name moves few others, and changes
 * the JSON of one block only. So a list of 10,000 names to which one is added is sent without writing all of its JSON
 * anew.
 */

/** The most names in a block; one that becomes longer is split in two. */
const mostInBlock = 64;

interface Block {
  /** The normal forms, sorted. `names` has, at the same places, the names as they are shown. */
  readonly keys: string[];
  readonly names: string[];
  /** The names as JSON strings with commas between them; undefined if they have changed since it was made. */
  json: string | undefined;
}

/** The place at which a key is, or would be. */
interface Place {
  readonly block: Block;
  /** The place of the block among all blocks. */
  readonly blockIndex: number;
  readonly index: number;
  readonly isThere: boolean;
}

export class SortedNames {
  /** The blocks in order. There is always at least one, and only a single one may be empty. */
  readonly #blocks: Block[] = [];
  #size = 0;

  /** @param names by their normal forms, in any order */
  constructor(names: ReadonlyMap<string, string> = new Map()) {
    // `sort` compares by UTF-16 units, as `compare` does.
    const keys = [...names.keys()].sort();
    for (let start = 0; start < keys.length || start === 0; start += mostInBlock) {
      const some = keys.slice(start, start + mostInBlock);
      this.#blocks.push({
        keys: some,
        names: some.map((key) => names.get(key) ?? key),
        json: undefined,
      });
    }
    this.#size = keys.length;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): string | undefined {
    const { block, index, isThere } = this.#find(key);
    return isThere ? block.names[index] : undefined;
  }

  /** Adds a name. @returns whether it was added: it is not if its key is there already */
  add(key: string, name: string): boolean {
    const { block, blockIndex, index, isThere } = this.#find(key);
    if (isThere) return false;
    block.keys.splice(index, 0, key);
    block.names.splice(index, 0, name);
    block.json = undefined;
    this.#size++;
    if (block.keys.length > mostInBlock) this.#part(block, blockIndex);
    return true;
  }

  /** Changes how the name of a key is shown; does nothing if the key is not there. */
  replace(key: string, name: string): void {
    const { block, index, isThere } = this.#find(key);
    if (!isThere) return;
    block.names[index] = name;
    block.json = undefined;
  }

  /** Removes a name. @returns whether it was there */
  delete(key: string): boolean {
    const { block, blockIndex, index, isThere } = this.#find(key);
    if (!isThere) return false;
    block.keys.splice(index, 1);
    block.names.splice(index, 1);
    block.json = undefined;
    this.#size--;
    if (block.keys.length === 0 && this.#blocks.length > 1) this.#blocks.splice(blockIndex, 1);
    return true;
  }

  /** The first `count` names. */
  first(count: number): string[] {
    const first: string[] = [];
    for (const { names } of this.#blocks) {
      if (first.length + names.length > count) return first.concat(names.slice(0, count - first.length));
      first.push(...names);
    }
    return first;
  }

  /** The first `count` names as JSON strings with commas between them. */
  jsonOfFirst(count: number): string {
    let json = '';
    let rest = count;
    for (const block of this.#blocks) {
      if (rest <= 0) break;
      const part = block.names.length > rest ? jsonOf(block.names.slice(0, rest)) : this.#jsonOf(block);
      json += json === '' ? part : `,${part}`;
      rest -= block.names.length;
    }
    return json;
  }

  /** Whether a key is among the first `count`. */
  isAmongFirst(key: string, count: number): boolean {
    const { blockIndex, index, isThere } = this.#find(key);
    if (!isThere) return false;
    let place = index;
    for (let i = 0; i < blockIndex; i++) place += this.#blocks[i]?.keys.length ?? 0;
    return place < count;
  }

  #jsonOf(block: Block): string {
    block.json ??= jsonOf(block.names);
    return block.json;
  }

  #part(block: Block, blockIndex: number): void {
    const half = block.keys.length >>> 1;
    const second = { keys: block.keys.splice(half), names: block.names.splice(half), json: undefined };
    this.#blocks.splice(blockIndex + 1, 0, second);
  }

  #find(key: string): Place {
    // The last block whose first key is not after this key; the first block if there is none.
    let low = 0;
    for (let high = this.#blocks.length - 1; low < high; ) {
      const middle = (low + high + 1) >>> 1;
      if (compare(this.#blocks[middle]?.keys[0] ?? '', key) > 0) high = middle - 1;
      else low = middle;
    }
    const block = this.#blocks[low];
    if (!block) throw new Error('there is always a block');
    const index = placeIn(block.keys, key);
    return { block, blockIndex: low, index, isThere: block.keys[index] === key };
  }
}

function placeIn(keys: readonly string[], key: string): number {
  let low = 0;
  for (let high = keys.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (compare(keys[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function jsonOf(names: readonly string[]): string {
  return JSON.stringify(names).slice(1, -1);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
