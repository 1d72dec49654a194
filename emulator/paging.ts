import { Fault } from './fault.ts';

/**
 * One page of items that are in the order of their keys, and the Marker of the next. MaxRecords is 100 unless given,
 * from 20 to 100 (ElastiCache API reference). Throws InvalidParameterValue for another one and for a foreign Marker.
 */
export function page<T>(
  items: T[],
  keyOf: (item: T) => string,
  { MaxRecords = 100, Marker }: { MaxRecords?: number | undefined; Marker?: string | undefined },
): { items: T[]; Marker: string | undefined } {
  if (MaxRecords < 20 || MaxRecords > 100)
    throw new Fault(
      'InvalidParameterValueException',
      `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`, // UNV
    );
  const after = Marker ? readMarker(Marker) : '';
  const rest = items.filter((item) => keyOf(item) > after);
  const last = rest[MaxRecords - 1];
  return {
    items: rest.slice(0, MaxRecords),
    Marker: last !== undefined && rest.length > MaxRecords ? writeMarker(keyOf(last)) : undefined,
  };
}

const PREFIX = 'after:';

function writeMarker(key: string): string {
  return Buffer.from(PREFIX + key).toString('base64url');
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString();
  if (text.startsWith(PREFIX) && writeMarker(text.slice(PREFIX.length)) === marker) return text.slice(PREFIX.length);
  throw new Fault('InvalidParameterValueException', `Invalid marker: ${marker}`); // UNV
}
