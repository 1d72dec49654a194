import { pointerToken } from './jsonPointer.ts';

/** Deeper than every schema of the API, and far below the depth at which recursive code overflows the stack. */
const maxDepth = 32;

/** A part of a JSON text that parsers accept and this API rejects. */
export interface JsonFault {
  /** The place as a JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

interface Level {
  /** The member names of this object so far. Undefined in an array. */
  names?: Set<string>;
  /** The member or the index that the next value belongs to. */
  place: string | number;
}

/**
 * Returns the first fault of a JSON text: a duplicate member (parsers disagree on which one counts), the name `__proto__`, or
 * more than 32 levels. Reads tokens only. The parser that follows checks the grammar.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const levels: Level[] = [];
  // A string without an end is one token too. Otherwise each quote in it would start another one: quadratic time.
  const token = /"((?:[^"\\]|\\.)*)(?:"\s*(:?)|\\?$)|[{}[\],]/gs;
  for (const [sign, string, colon] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (sign === '{') levels.push({ names: new Set(), place: '' });
    else if (sign === '[') levels.push({ place: 0 });
    else if (sign === '}' || sign === ']') levels.pop();
    else if (sign === ',' && typeof level?.place === 'number') level.place++;
    else if (colon && string !== undefined && level?.names) {
      const name = unescapeString(string);
      level.place = name;
      const detail = findNameFault(name, level.names);
      if (detail) return toFault(detail, levels);
      level.names.add(name);
    }
    if (levels.length > maxDepth) return toFault(`Nested deeper than ${maxDepth} levels.`, levels.slice(0, 4));
  }
  return undefined;
}

function findNameFault(name: string, names: ReadonlySet<string>): string | undefined {
  if (name === '__proto__') return 'The name __proto__ is not allowed.';
  return names.has(name) ? 'This member is a duplicate. Keep one.' : undefined;
}

function unescapeString(string: string): string {
  try {
    return JSON.parse(`"${string}"`) as string;
  } catch {
    return string; // the parser that follows rejects it
  }
}

const toFault = (detail: string, levels: readonly Level[]): JsonFault => ({
  pointer: `#${levels.map(({ place }) => `/${pointerToken(String(place))}`).join('')}`,
  detail,
});
