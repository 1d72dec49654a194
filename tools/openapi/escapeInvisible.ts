/** Characters of patterns that an editor or a viewer does not show. */
const INVISIBLE = /[\x7F-\xA0\u1680\u2000-\u200F\u2028-\u202F\u205F\u3000\uD7FF\uE000\uFEFF\uFFFC-\uFFFF]/g;

/** Returns the text of a JSON document with these characters as escapes. */
export const escapeInvisible = (json: string): string =>
  json.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
