/**
 * Returns a regular expression from the first token that ECMAScript, Python's `re` and RE2 do not all read in the same way, or
 * undefined if there is none. The common subset: characters of the basic plane, `\xHH`, `\t \n \r`, escaped punctuation,
 * classes, groups, alternation, `^`, `$`, greedy quantifiers up to RE2's limit of 1000.
 */
export function unportablePart(pattern: string): string | undefined {
  const parser: Parser = { rest: pattern, depth: 0 };
  while (parser.rest !== '') {
    const token = readToken(parser);
    if (token === undefined) return parser.rest;
    parser.rest = parser.rest.slice(token.length);
  }
  return parser.depth === 0 ? undefined : 'an open group';
}

interface Parser {
  rest: string;
  depth: number;
}

function readToken(parser: Parser): string | undefined {
  const [group] = /^(\((?!\?)|\(\?:)/.exec(parser.rest) ?? [];
  if (group) return enter(parser, group);
  if (parser.rest.startsWith(')')) return --parser.depth < 0 ? undefined : `)${quantifierAt(parser.rest, 1)}`;
  const [mark] = /^[|^$]/.exec(parser.rest) ?? [];
  if (mark) return mark;
  const [atom] = /^\[/.test(parser.rest) ? [classAt(parser.rest)] : (ATOM.exec(parser.rest) ?? []);
  return atom && `${atom}${quantifierAt(parser.rest, atom.length)}`;
}

function enter(parser: Parser, group: string): string {
  parser.depth++;
  return group;
}

const ESCAPE = String.raw`\\(?:x[0-9A-Fa-f]{2}|[tnr]|[-^$\\.*+?()[\]{}|/])`;
/** Excludes surrogates: a single one is not a character, and a pair is two characters without the flag `u`. */
const ATOM = new RegExp(String.raw`^(?:${ESCAPE}|[^\\^$.*+?()[\]{}|\uD800-\uDFFF])`);
const MEMBER = String.raw`(?:${ESCAPE}|[^\\\[\]^\uD800-\uDFFF-])`;
const CLASS = new RegExp(String.raw`^\[\^?(?:-?${MEMBER}(?:-${MEMBER})?|${MEMBER}\^)+-?\]`);
/** Marks of set operations, which Python reserves. */
const SET_OPERATION = /--|&&|\|\||~~/;

function classAt(rest: string): string | undefined {
  const [found] = CLASS.exec(rest) ?? [];
  return found && !SET_OPERATION.test(found) ? found : undefined;
}

function quantifierAt(rest: string, index: number): string {
  const [found = '', least = '0', most = least] = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(rest.slice(index)) ?? [];
  return Math.max(Number(least), Number(most)) <= 1000 ? found : '';
}
