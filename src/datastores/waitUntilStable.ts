import { isNotFound } from '../aws/multiRegion.ts';
import { pollUntil } from '../lib/pollUntil.ts';
import { Problem } from '../problems/problem.ts';
import { findGlobalDatastore, type GlobalDatastore } from './globalDatastore.ts';
import { isStable } from './status.ts';

/** The end of a wait: the datastore as last read (undefined if no read succeeded), and whether it is stable or deleted. */
export interface WaitResult {
  readonly datastore?: GlobalDatastore;
  readonly isStable: boolean;
  readonly isDeleted: boolean;
}

/**
 * Reads a datastore until it is stable or deleted, for `seconds` at most and never past `endsAt` (epoch milliseconds).
 * A read that fails does not end the wait: the next one may succeed.
 */
export async function waitUntilStable(
  signal: AbortSignal,
  id: string,
  seconds: number,
  endsAt: number,
): Promise<WaitResult> {
  let last: WaitResult = { isStable: false, isDeleted: false };
  await pollUntil(seconds, endsAt, async () => {
    last = await readOnce(signal, id, last);
    return last.isStable || last.isDeleted;
  });
  return last;
}

async function readOnce(signal: AbortSignal, id: string, last: WaitResult): Promise<WaitResult> {
  try {
    const { GlobalReplicationGroup: datastore } = await findGlobalDatastore(signal, id);
    return { datastore, isStable: isStable(datastore), isDeleted: false };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return isNotFound(problem) ? { ...last, isDeleted: true } : last;
  }
}
