import { Fault } from './fault.ts';

/**
 * Returns one page of items and the Marker of the next page. `iterate` yields at least the items with keys after `after`,
 * ordered by key. MaxRecords is from 20 to 100, default 100 (ElastiCache API reference).
 * @throws Fault InvalidParameterValueException for another MaxRecords or an unknown Marker.
 */
export function paginate<T>(
  iterate: (after: string) => Iterable<T>,
  keyOf: (item: T) => string,
  { MaxRecords = 100, Marker }: { MaxRecords?: number | undefined; Marker?: string | undefined },
): { items: T[]; Marker: string | undefined } {
  if (MaxRecords < 20 || MaxRecords > 100)
    throw new Fault(
      'InvalidParameterValueException',
      `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`, // unverified
    );
  const after = Marker ? readMarker(Marker) : '';
  const items: T[] = [];
  for (const item of iterate(after)) {
    if (keyOf(item) <= after) continue;
    if (items.length === MaxRecords) return { items, Marker: writeMarker(keyOf(items[MaxRecords - 1] as T)) };
    items.push(item);
  }
  return { items, Marker: undefined };
}

const MARKER_PREFIX = 'after:';

function writeMarker(key: string): string {
  return Buffer.from(MARKER_PREFIX + key).toString('base64url');
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString();
  if (text.startsWith(MARKER_PREFIX) && writeMarker(text.slice(MARKER_PREFIX.length)) === marker)
    return text.slice(MARKER_PREFIX.length);
  throw new Fault('InvalidParameterValueException', `Invalid marker: ${marker}`); // unverified
}
