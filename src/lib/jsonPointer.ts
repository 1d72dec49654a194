/** Returns a name as a token of a JSON pointer (RFC 6901), cut to 200 characters. */
export const pointerToken = (name: string) => name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1');
