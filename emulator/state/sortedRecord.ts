/** The sorted keys of each record. Computed on first use and then kept sorted, so that no page sorts again. */
const sortedKeys = new WeakMap<object, string[]>();

/** Sets a member of a record. */
export function setSorted<T>(record: Record<string, T>, key: string, value: T): void {
  if (!Object.hasOwn(record, key)) {
    const keys = sortedKeys.get(record);
    keys?.splice(findInsertionIndex(keys, key), 0, key);
  }
  record[key] = value;
}

/** Deletes a member of a record. */
export function deleteSorted<T>(record: Record<string, T>, key: string): void {
  const keys = sortedKeys.get(record);
  if (Object.hasOwn(record, key)) keys?.splice(findInsertionIndex(keys, key), 1);
  delete record[key];
}

/** Sets members of a record. Null deletes a member. */
export function restoreRecord<T>(record: Record<string, T>, members: Readonly<Record<string, T | null>>): void {
  for (const [key, value] of Object.entries(members)) {
    if (value === null) deleteSorted(record, key);
    else setSorted(record, key, value);
  }
}

/** Yields the members whose keys start with `prefix` and are greater than `prefix + after`, ordered by key. */
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

/** Returns the index of the first key that is not less than `key`. */
function findInsertionIndex(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
