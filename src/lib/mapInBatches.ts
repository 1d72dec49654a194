/** The number of calls that run at the same time. */
const batchSize = 10;

/** Returns the result of `map` for each item, in order. A few calls run at the same time. */
export async function mapInBatches<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += batchSize)
    results.push(...(await Promise.all(items.slice(from, from + batchSize).map(map))));
  return results;
}
