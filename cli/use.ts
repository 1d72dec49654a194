import type { Context } from './context.ts';

/** Returns the action of a command: it connects to the API and calls `run` with the context, the arguments and the options. */
export type Use = (
  run: (context: Context, ...values: never[]) => Promise<void>,
) => (...values: unknown[]) => Promise<void>;
