import { config } from '../config.ts';
import { pollUntil } from '../lib/pollUntil.ts';
import { requestContext } from '../observability/requestContext.ts';
import { Problem } from '../problems/problem.ts';

/** The limits of a wait. */
export interface WaitLimits {
  readonly seconds: number;
  /** The deadline of the request, in epoch milliseconds. */
  readonly endsAt: number;
  /** The interval of reads. Default: `config.pollMs`. */
  readonly intervalMs?: number;
}

/**
 * Reads a resource until `isAwaited` returns true, and returns it as last read. `first` is what was read before. A read that fails does
 * not end the wait: the next one may succeed. Throws the problem of a resource that no longer exists.
 */
export async function waitFor<T>(
  first: T,
  read: () => Promise<T>,
  isAwaited: (value: T) => boolean,
  { seconds, endsAt, intervalMs = config.pollMs }: WaitLimits,
): Promise<T> {
  if (isAwaited(first)) return first;
  const startedAt = Date.now();
  let last = first;
  await pollUntil(seconds, endsAt, intervalMs, async () => {
    last = await read().catch((problem) => keepUnlessGone(problem, last));
    return isAwaited(last);
  });
  requestContext().waitedMs = Date.now() - startedAt;
  return last;
}

function keepUnlessGone<T>(problem: unknown, last: T): T {
  if (!(problem instanceof Problem) || problem.status === 404) throw problem;
  return last;
}
