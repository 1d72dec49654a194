import { GlobalDatastoreError } from '@global-datastore/client';

/** The exit codes of every command. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** A wrong usage, or a change that was not confirmed. */
  usage: 2,
  /** The API refused the change. */
  refused: 3,
  unauthorized: 4,
  /** The wait ended before the change. */
  underWay: 5,
  interrupted: 130,
} as const;

/** An error that ends a command with an exit code. Its message is for stderr. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Returns the exit code for anything that a command throws. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (!(error instanceof GlobalDatastoreError)) return exitCodes.failed;
  const { status, code } = error;
  if (code === 'StillChanging') return exitCodes.underWay;
  if (status === 401 || status === 403) return exitCodes.unauthorized;
  return status >= 400 && status < 500 && status !== 429 ? exitCodes.refused : exitCodes.failed;
}
