/** The trace that a request belongs to (W3C Trace Context). */
export interface TraceContext {
  readonly traceId: string;
  /** The id of the span of the caller. */
  readonly parentId: string;
  /** The id of the span of this request. */
  readonly spanId: string;
  /** True if the caller may have recorded its span. */
  readonly isSampled: boolean;
}

/**
 * Parses a `traceparent` header: that of version 00, or the same members of a later version. Returns undefined if it is missing or
 * malformed. The API continues traces and starts none.
 */
export function parseTraceparent(header = ''): TraceContext | undefined {
  const [, version, traceId = '', parentId = '', flags = '', rest] = traceparentPattern.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (isZero(traceId) || isZero(parentId)) return undefined;
  return { traceId, parentId, spanId: createSpanId(), isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Formats the `traceparent` header of a response. The other flags are 0. */
export const formatTraceparent = ({ traceId, spanId, isSampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

const isZero = (id: string): boolean => /^0+$/.test(id);

/** Returns 16 hexadecimal digits, of which the first is not 0. An id needs no secrecy, and `node:crypto` would slow the init. */
const createSpanId = (): string =>
  [2 ** 31 + Math.random() * 2 ** 31, Math.random() * 2 ** 32]
    .map((part) => Math.floor(part).toString(16).padStart(8, '0'))
    .join('');
