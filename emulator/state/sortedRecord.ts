/** The keys of records in order: worked out when first asked for, and kept up by `put` and `drop`, so that no page sorts anew. */
const sortedKeys = new WeakMap<object, string[]>();

/** Sets a member. */
export function setSorted<T>(record: Record<string, T>, key: string, value: T): void {
  if (!Object.hasOwn(record, key)) {
    const keys = sortedKeys.get(record);
    keys?.splice(findInsertionIndex(keys, key), 0, key);
  }
  record[key] = value;
}

/** Takes a member out. */
export function deleteSorted<T>(record: Record<string, T>, key: string): void {
  const keys = sortedKeys.get(record);
  if (Object.hasOwn(record, key)) keys?.splice(findInsertionIndex(keys, key), 1);
  delete record[key];
}

/** The members whose keys begin with `prefix` and come after `prefix + after`, in the order of their keys. */
export function* iterateSorted<T>(record: Record<string, T>, after = '', prefix = ''): Generator<T> {
  const keys = sortedKeysOf(record);
  const start = prefix + after;
  for (let index = findInsertionIndex(keys, start); keys[index]?.startsWith(prefix); index++) {
    const key = keys[index] as string;
    if (key !== start) yield record[key] as T;
  }
}

function sortedKeysOf(record: object): string[] {
  let keys = sortedKeys.get(record);
  if (!keys) {
    keys = Object.keys(record).sort();
    sortedKeys.set(record, keys);
  }
  return keys;
}

/** The place of the first key that is not before `key`. */
function findInsertionIndex(keys: readonly string[], key: string): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((keys[middle] as string) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}
