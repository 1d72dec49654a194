import { Transform } from 'node:stream';

/** What a reply can contain. A line is a status or an error. */
export type Value =
  | string
  | number
  | readonly Value[]
  | { readonly line: string }
  | { readonly fields: Readonly<Record<string, Value>> };

/** Returns a value in version 2 or 3 of RESP. Fields are a list in version 2. */
export function encode(value: Value, version = 2): string {
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
  if (typeof value === 'number') return `:${value}\r\n`;
  if ('line' in value) return `${value.line}\r\n`;
  const items = 'fields' in value ? Object.entries(value.fields).flat() : value;
  const header = 'fields' in value && version === 3 ? `%${items.length / 2}` : `*${items.length}`;
  return `${header}\r\n${items.map((item) => encode(item, version)).join('')}`;
}

/** The most bytes of a command that are held. A larger one passes while it is read, with only its first arguments known. */
const maxHeld = 16_384;

/**
 * Passes commands on. `replace` gets the arguments of each one and can return what is sent in its place. What is not a RESP command passes
 * unchanged, with all that follows: the server refuses it. `next` is called with what lets more data in.
 */
export function commandStream(
  replace: (args: readonly Buffer[]) => string | undefined,
  next: (read: () => void) => void,
): Transform {
  let data = Buffer.alloc(0);
  let rest: Rest | undefined;
  let isReplaced = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const output: Buffer[] = [];
      data = Buffer.concat([data, chunk]);
      for (let part = readPart(data, rest); part; part = readPart(data, rest)) {
        const replacement = rest ? undefined : replace(part.args);
        isReplaced = replacement !== undefined || (isReplaced && rest !== undefined && part.rest?.skip !== endless);
        output.push(isReplaced ? Buffer.from(replacement ?? '') : data.subarray(0, part.size));
        data = data.subarray(part.size);
        rest = part.rest;
      }
      this.push(Buffer.concat(output));
      next(done);
    },
  });
}

/** What follows of a command: bytes to skip, and the number of arguments after them. */
interface Rest {
  readonly skip: number;
  readonly left: number;
}

const endless = Number.POSITIVE_INFINITY;

/** Reads a command, or a part of a large one, with the arguments that are complete. Returns undefined as long as more data is needed. */
function readPart(data: Buffer, rest: Rest | undefined) {
  const { args, skip, left } = rest ? readArguments(data, rest) : readCommand(data);
  const size = Math.min(skip, data.length);
  const isComplete = left === 0 && skip === size;
  const isHeld = !rest && !isComplete && skip !== endless && data.length < maxHeld;
  if (size === 0 || isHeld) return undefined;
  return { args, size, rest: isComplete ? undefined : { skip: skip - size, left } };
}

const refused = { args: [], skip: endless, left: 0 };
const incomplete = { args: [], skip: 0, left: 1 };

function readCommand(data: Buffer) {
  const header = readLength(data, 0, '*');
  if (!header) return refused;
  return header.end ? readArguments(data, { skip: header.end, left: Math.max(header.length, 0) }) : incomplete;
}

/** Reads bulk strings. */
function readArguments(data: Buffer, { skip, left }: Rest) {
  const args: Buffer[] = [];
  let [at, missing] = [skip, left];
  while (missing > 0 && at < data.length) {
    const header = readLength(data, at, '$');
    if (!header || header.length < 0) return refused;
    if (!header.end) break;
    at = header.end + header.length + 2;
    missing--;
    if (at <= data.length) args.push(data.subarray(header.end, at - 2));
  }
  return { args, skip: at, left: missing };
}

/** Reads `*3\r\n` or `$5\r\n`. `end` is 0 as long as the line is incomplete. Returns undefined for anything else. */
function readLength(data: Buffer, at: number, type: '*' | '$') {
  const [line, start, digits, end] = data.toString('latin1', at, at + 14).match(/^(.?)(-?\d{0,9})(\r\n|\r?$)/) ?? [];
  if (line === undefined || (start && start !== type)) return undefined;
  if (end !== '\r\n') return { length: 0, end: 0 };
  return digits ? { length: Number(digits), end: at + line.length } : undefined;
}

/** The bytes at the end of replies that can be an incomplete error. */
const maxErrorBytes = 128;

/**
 * Passes replies on, and replaces the errors of the unknown command `token` by what `next` returns. So a reply has its place in the order of
 * the commands, and the server aborts a transaction with such a command.
 */
export function replyStream(token: string, next: () => string | undefined): Transform {
  const error = new RegExp(`-ERR unknown command .${token}.*\r\n`);
  let held = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const pieces = (held + chunk.toString('latin1')).split(error);
      const last = pieces.pop() ?? '';
      held = last.slice(-maxErrorBytes).match(/-[^\n]*$/)?.[0] ?? '';
      const replaced = pieces.map((piece) => piece + next());
      done(null, Buffer.from(replaced.join('') + last.slice(0, last.length - held.length), 'latin1'));
    },
  });
}
