import { Problem } from '../problems/problem.ts';

/** Deeper than any schema of ours goes, and far from where recursive code would overflow. */
const maxDepth = 32;

interface Level {
  /** The names seen in this object; none in an array. */
  names?: Set<string>;
  /** The member or the index that the next value belongs to. */
  place: string | number;
}

/**
 * What a JSON parser takes silently and should not: a member that stands twice (parsers disagree on which one counts), a
 * name that reaches an object's prototype, and nesting without end. Gives the problem with its place, or undefined.
 * It reads tokens only and leaves the grammar to the parser that follows.
 */
export function faultInJson(text: string): Problem | undefined {
  const levels: Level[] = [];
  // A string that never ends is one token too: else each quote in it would start another, and the time would be quadratic.
  const token = /"((?:[^"\\]|\\.)*)(?:"\s*(:?)|\\?$)|[{}[\],]/gs;
  for (const [sign, string, colon] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (sign === '{') levels.push({ names: new Set(), place: '' });
    else if (sign === '[') levels.push({ place: 0 });
    else if (sign === '}' || sign === ']') levels.pop();
    else if (sign === ',' && typeof level?.place === 'number') level.place++;
    else if (colon && string !== undefined && level?.names) {
      const name = unescaped(string);
      level.place = name;
      const fault = faultInName(name, level.names);
      if (fault) return malformed(fault, levels);
      level.names.add(name);
    }
    if (levels.length > maxDepth) return malformed(`Nested deeper than ${maxDepth} levels.`, levels.slice(0, 4));
  }
  return undefined;
}

function faultInName(name: string, names: ReadonlySet<string>): string | undefined {
  if (name === '__proto__') return 'The name __proto__ is not allowed.';
  return names.has(name) ? 'This member stands twice; keep one.' : undefined;
}

function unescaped(string: string): string {
  try {
    return JSON.parse(`"${string}"`) as string;
  } catch {
    return string; // the parser that follows refuses it
  }
}

const malformed = (detail: string, levels: readonly Level[]) => {
  const pointer = `#${levels.map(({ place }) => `/${pointerToken(String(place))}`).join('')}`;
  return new Problem('MalformedBody', 'The body is not an acceptable JSON object.', { errors: [{ pointer, detail }] });
};

/** A name as it stands in a JSON pointer (RFC 6901), cut to a length that is fit to show. */
export const pointerToken = (name: string) => name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1');
