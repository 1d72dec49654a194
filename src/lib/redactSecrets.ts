/**
 * Returns an error of an AWS call without the passwords in the `input` of the call, for logs and responses. The message of AWS,
 * or of a proxy, may repeat the request in the encoding of a protocol. Members of the error other than its name are left out.
 */
export function redactSecrets(error: Error, input: object): Error {
  const redact = createRedactor(input);
  if (!redact) return error;
  return Object.assign(new Error(redact(error.message)), { name: redact(error.name) });
}

/** Returns a function that hides a text with a password of `input` as a whole. Returns undefined if `input` has no password. */
export function createRedactor(input: object): ((text: string) => string) | undefined {
  const secrets = secretsIn(input).flatMap(unescapeAll);
  if (secrets.length === 0) return undefined;
  return (text) => (decodeAll(text).some((view) => secrets.some((secret) => view.includes(secret))) ? hidden : text);
}

const hidden = 'The text of AWS is hidden because it repeats the password of the request.';

/** Returns each `AuthToken` in a value, at any depth. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'AuthToken' && typeof member === 'string' && member ? [member] : secretsIn(member),
  );
}

/** Returns a text and its forms with one, two and more layers of encoding removed, up to a limit. */
function decodeAll(text: string): string[] {
  const views = unescapeAll(text);
  return [...views, ...views.flatMap(base64TextsIn).flatMap(unescapeAll)];
}

/** Returns a text and its forms with one, two and more layers of escapes removed. */
function unescapeAll(text: string): string[] {
  const views = [text];
  for (let layer = 0; layer < maxLayers; layer++) {
    const next = unescapeOnce(views.at(-1) ?? '');
    if (next === views.at(-1)) break;
    views.push(next);
  }
  return views;
}

const maxLayers = 8;

/** Replaces the escapes of forms and URLs, of JSON, of XML and of shells by their characters. */
const unescapeOnce = (text: string): string =>
  text.replace(
    /%([0-9a-f]{2})|\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})|&#x0*([0-9a-f]{2});|&#0*(\d{2,3});|&(amp|lt|gt);|\\(.)/gi,
    (_, percent, unicode, hex, xmlHex, xmlDecimal, entity, escaped) =>
      escaped ??
      entities[entity?.toLowerCase()] ??
      String.fromCharCode(xmlDecimal ? Number(xmlDecimal) : Number.parseInt(percent ?? unicode ?? hex ?? xmlHex, 16)),
  );

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/** Returns the decoded parts of a text that may be base64, from each of the four positions in a group of characters. */
const base64TextsIn = (text: string): string[] =>
  (text.match(/[\w+/-]{20,}/g) ?? []).flatMap((part) =>
    [0, 1, 2, 3].map((from) => Buffer.from(part.slice(from), 'base64').toString('latin1')),
  );
