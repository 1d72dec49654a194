/** The keys of records in order: worked out when first asked for, and kept up by `put` and `drop`, so that no page sorts anew. */
const orders = new WeakMap<object, string[]>();

/** Sets a member. */
export function put<T>(record: Record<string, T>, key: string, value: T): void {
  if (!Object.hasOwn(record, key)) {
    const keys = orders.get(record);
    keys?.splice(firstFrom(keys, key), 0, key);
  }
  record[key] = value;
}

/** Takes a member out. */
export function drop<T>(record: Record<string, T>, key: string): void {
  const keys = orders.get(record);
  if (Object.hasOwn(record, key)) keys?.splice(firstFrom(keys, key), 1);
  delete record[key];
}

/** The members whose keys begin with `prefix` and come after `prefix + after`, in the order of their keys. */
export function* inOrder<T>(record: Record<string, T>, after = '', prefix = ''): Generator<T> {
  const keys = orderOf(record);
  const start = prefix + after;
  for (let index = firstFrom(keys, start); keys[index]?.startsWith(prefix); index++) {
    const key = keys[index] as string;
    if (key !== start) yield record[key] as T;
  }
}

function orderOf(record: object): string[] {
  let keys = orders.get(record);
  if (!keys) {
    keys = Object.keys(record).sort();
    orders.set(record, keys);
  }
  return keys;
}

/** The place of the first key that is not before `key`. */
function firstFrom(keys: readonly string[], key: string): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((keys[middle] as string) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}
