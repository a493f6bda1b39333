/**
 * Selects the first of many items in an order, without sorting all of them. The first so far are kept, and sorted only
 * when there are twice as many as are wanted. So most items are compared once, with the last of those that were kept,
 * and no input makes it slower than sorting.
 *
 * @param count how many items are wanted
 * @returns the first items, at most `count`, sorted; and how many items there were in all
 */
export function firstInOrder<T extends object>(
  items: Iterable<T>,
  count: number,
  compare: (a: T, b: T) => number,
): { readonly first: T[]; readonly total: number } {
  const first: T[] = [];
  let last: T | undefined;
  let total = 0;
  const select = (): void => {
    first.sort(compare);
    if (first.length > count) first.length = count;
  };
  for (const item of items) {
    total++;
    if (last && compare(item, last) >= 0) continue;
    first.push(item);
    if (first.length < 2 * count) continue;
    select();
    last = first.at(-1);
  }
  select();
  return { first, total };
}

/**
 * Selects the first items for several owners fairly: each has an equal share for its own first items, and places that
 * are left over go to the first of all other items.
 *
 * @param count how many items are wanted
 * @param ownerOf the owner of an item
 * @returns at most `count` items, in no order; and how many items there were in all
 */
export function fairFirst<T extends object>(
  items: Iterable<T>,
  count: number,
  compare: (a: T, b: T) => number,
  ownerOf: (item: T) => unknown,
): { readonly first: T[]; readonly total: number } {
  const all = [...items];
  if (all.length <= count) return { first: all, total: all.length };
  const byOwner = new Map<unknown, T[]>();
  for (const item of all) {
    const owner = ownerOf(item);
    const owned = byOwner.get(owner);
    if (owned) owned.push(item);
    else byOwner.set(owner, [item]);
  }
  const share = Math.floor(count / byOwner.size);
  const chosen = new Set<T>();
  if (share > 0) {
    for (const owned of byOwner.values())
      for (const item of firstInOrder(owned, share, compare).first) chosen.add(item);
  }
  const others = all.filter((item) => !chosen.has(item));
  for (const item of firstInOrder(others, count - chosen.size, compare).first) chosen.add(item);
  return { first: [...chosen], total: all.length };
}
