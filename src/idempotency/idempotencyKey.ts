import { Problem } from '../problems/problem.ts';

/**
 * Returns the Idempotency-Key of a request, `"quoted"` as in the IETF draft or bare as most clients send it. Undefined without
 * one. Throws `ValidationFailed` unless it is one key of 1 to 255 visible ASCII characters. API Gateway joins two headers with a
 * comma, so that a bare key has none.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const key = text.startsWith('"') ? text.match(structuredString)?.[1]?.replace(/\\(.)/g, '$1') : text;
  const isList = key === text ? text.includes(',') : key === undefined && /"[\t ]*,/.test(text);
  if (key && !isList && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const detail = isList ? severalKeys : wrongKey;
  throw new Problem('ValidationFailed', detail, { errors: [{ in: 'header', parameter: 'Idempotency-Key', detail }] });
}

/** A string of RFC 9651. */
const structuredString = /^"((?:[^"\\]|\\["\\])*)"$/;

const wrongKey = 'Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in double quotes. Use a UUID.';
const severalKeys =
  'Idempotency-Key has a comma, as two headers have. Send the header once. Put a key with a comma in double quotes.';
