import { Transform } from 'node:stream';

/** A value in a reply. */
export type Value = string | number | readonly Value[] | { readonly [field: string]: Value };

/** Encodes a value in version 2 or 3 of RESP. Fields are a list in version 2. */
export function encode(value: Value, version = 2): string {
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
  if (typeof value === 'number') return `:${value}\r\n`;
  const items: Value[] = Array.isArray(value) ? value : Object.entries(value).flat();
  const header = version === 2 || Array.isArray(value) ? `*${items.length}` : `%${items.length / 2}`;
  return `${header}\r\n${items.map((item) => encode(item, version)).join('')}`;
}

type Replace = (args: readonly Buffer[]) => string | undefined;

/**
 * Forwards commands. `replace` receives the arguments of each one, and can return the command that is sent instead. Data that
 * is not a RESP command is forwarded unchanged, with all that follows: the server refuses it. `next` is called with the
 * function that continues reading.
 */
export function commandStream(replace: Replace, next: (read: () => void) => void): Transform {
  const output: Buffer[] = [];
  const commands = passCommands(replace, output);
  commands.next();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      commands.next(chunk);
      this.push(Buffer.concat(output.splice(0)));
      next(done);
    },
  });
}

/** A step of the parser. It yields when it needs more data. */
type Step<T> = Generator<void, T, Buffer>;

/** The data of a connection. */
interface Input {
  data: Buffer;
  /** The end of what was read. The last argument may not have arrived up to there. */
  end: number;
}

/**
 * The limit on the buffered bytes of a command. A larger one is forwarded while it is read: `replace` has its first arguments.
 */
const maxHeld = 16_384;

const notCommand = new Error('not a command');

function* passCommands(replace: Replace, output: Buffer[]): Step<void> {
  const input: Input = { data: yield, end: 0 };
  try {
    for (;;) yield* passCommand(input, replace, output);
  } catch (error) {
    if (error !== notCommand) throw error;
  }
  for (; ; input.data = yield) output.push(input.data);
}

function* passCommand(input: Input, replace: Replace, output: Buffer[]): Step<void> {
  const args: Buffer[] = [];
  let left = yield* readLength(input, /^\*(-?\d{1,9})\r\n/);
  for (; left > 0 && input.end < maxHeld; left--) args.push(...(yield* readArgument(input)));
  const replacement = replace(args);
  if (replacement !== undefined) output.push(Buffer.from(replacement));
  for (; ; left--) {
    yield* move(input, replacement === undefined ? output : undefined);
    if (left <= 0) return;
    yield* readArgument(input);
  }
}

/** Moves the parsed data to `to` as it arrives. Without `to` it is dropped. */
function* move(input: Input, to: Buffer[] | undefined): Step<void> {
  for (; ; input.data = yield) {
    to?.push(input.data.subarray(0, input.end));
    const { length } = input.data;
    input.data = input.data.subarray(input.end);
    input.end = Math.max(0, input.end - length);
    if (input.end === 0) return;
  }
}

/** Reads a bulk string. Returns none if it is too large for the buffer. */
function* readArgument(input: Input): Step<Buffer[]> {
  const length = yield* readLength(input, /^\$(\d{1,9})\r\n/);
  const start = input.end;
  input.end += length + 2;
  while (input.data.length < Math.min(input.end, maxHeld)) input.data = Buffer.concat([input.data, yield]);
  return input.data.length < input.end ? [] : [input.data.subarray(start, start + length)];
}

/** Reads a line such as `*3\r\n`. */
function* readLength(input: Input, pattern: RegExp): Step<number> {
  const peek = () => input.data.toString('latin1', input.end, input.end + 14);
  while (!/\n|.{14}/s.test(peek())) input.data = Buffer.concat([input.data, yield]);
  const [line, length] = peek().match(pattern) ?? [];
  if (line === undefined) throw notCommand;
  input.end += line.length;
  return Number(length);
}

/** The bytes at the end of replies that can be an incomplete error. */
const maxErrorBytes = 128;

/**
 * Forwards replies, and replaces the errors of the unknown command `token` by the result of `next`. The replies therefore have
 * the order of the commands, and the server aborts a transaction with such a command.
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
