import { config } from '../config.ts';

/**
 * The logger. It writes one JSON line to stdout for each call. Its arguments must not contain secrets. It does not use `console`:
 * Lambda puts such a line into `message`, and CloudWatch finds metrics only if `_aws` is at the root of a line.
 */
export const logger = {
  /** Whether nothing is written. */
  silent: config.silent,
  info: (message: string, members: object) => write('INFO', message, members),
  warn: (message: string, members: object) => write('WARN', message, members),
  error: (message: string, members: object) => write('ERROR', message, members),
};

/** Writes a line. Lambda filters lines by `level` and `timestamp`. */
function write(level: string, message: string, members: object): void {
  if (logger.silent) return;
  const line = { level, message, timestamp: new Date().toISOString(), service: 'global-datastore-api', ...members };
  process.stdout.write(`${JSON.stringify(line, withErrors)}\n`);
}

/** Adds the members of an error that JSON.stringify omits, because they are not enumerable. */
function withErrors(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return Object.assign({ name, message, stack, cause }, value);
}
