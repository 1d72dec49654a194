import fc from 'fast-check';
import { memberSettings } from '../../src/schemas/addMember.ts';
import { arbitraryOf } from './arbitrary.ts';

type Encode = (text: string) => string;

const code = (char: string, radix: number) => char.charCodeAt(0).toString(radix).padStart(2, '0');
const each =
  (pattern: RegExp, encode: Encode): Encode =>
  (text) =>
    text.replace(pattern, encode);

/** The form encoding of the query protocol, as the SDK sends it (RFC 3986). */
const form: Encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${code(char, 16).toUpperCase()}`);

const xmlEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes text for XML. */
export const xml: Encode = each(/[&<>]/g, (char) => xmlEntities[char] ?? char);

/** The encodings in which a service, a proxy or the SDK can repeat a text. */
const encodings: Readonly<Record<string, Encode>> = {
  none: (text) => text,
  form,
  formInLowerCase: (text) => form(text).replace(/%../g, (triplet) => triplet.toLowerCase()),
  percentForAll: each(/./gs, (char) => `%${code(char, 16)}`),
  json: (text) => JSON.stringify(text).slice(1, -1),
  jsonForMarkup: each(/[<>&]/g, (char) => `\\u00${code(char, 16)}`),
  jsonForAll: each(/./gs, (char) => `\\u00${code(char, 16).toUpperCase()}`),
  xml,
  xmlDecimal: each(/\W/g, (char) => `&#${char.charCodeAt(0)};`),
  xmlHexadecimal: each(/\W/g, (char) => `&#x${code(char, 16)};`),
  backslashes: each(/[^\w\\]/g, (char) => `\\${char}`),
  hexadecimal: each(/\W/g, (char) => `\\x${code(char, 16)}`),
};

/** The bodies of calls with a password. The outer encodings apply to the whole body. */
const bodies: readonly Encode[] = [
  (text) => text,
  (text) => `{"ReplicationGroupId":"a","AuthToken":"${text}","Port":6379}`,
  (text) => `Action=CreateReplicationGroup&AuthToken=${text}&Port=6379`,
];

/** Base64 in both alphabets, also after characters that could be a part of it. */
const base64s: readonly Encode[] = (['base64', 'base64url'] as const).flatMap((alphabet) =>
  ['', 'v', 'to', 'key'].map((before) => (text: string) => before + Buffer.from(text).toString(alphabet)),
);

/** Passwords of all characters that AWS takes, some of which look like encoded text. */
export const passwords = fc.oneof(
  arbitraryOf(memberSettings.AuthToken, []) as fc.Arbitrary<string>,
  fc
    .array(fc.constantFrom('%', '25', '41', '&', 'amp;', '#65;', '#x41;', 'lt;', 'aB', '{|}', '~'), {
      minLength: 16,
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
);

/** Encodings in up to four layers. The layer before the last may be base64. */
export const layeredEncodings: fc.Arbitrary<Encode> = fc
  .record({
    inner: fc.array(fc.constantFrom(...Object.values(encodings)), { maxLength: 2 }),
    body: fc.constantFrom(...bodies),
    base64: fc.option(fc.constantFrom(...base64s)),
    outer: fc.constantFrom(...Object.values(encodings)),
  })
  .map(({ inner, body, base64, outer }) => (text) => {
    const layers = [...inner, body, ...(base64 ? [base64] : []), outer];
    return layers.reduce((encoded, encode) => encode(encoded), text);
  });
