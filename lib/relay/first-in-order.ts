/**
 * The first of many in an order, without sorting all of them: the best so far are kept, and sorted only when there are
 * twice as many as are wanted. So most items are compared once, with the last of the best, and no input makes it slower
 * than sorting.
 *
 * @param count how many are wanted
 * @returns at most so many, sorted; and how many there were
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
