import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound } from '../aws/multiRegion.ts';
import { config } from '../config.ts';
import { findGlobalDatastore, type GlobalDatastore } from '../datastores/globalDatastore.ts';
import { Problem } from '../problems/problem.ts';

/** The longest that a request may be held, in seconds: an HTTP API gives up on its function after 30. */
const maxWaitSeconds = 25;

/** How long the caller lets the answer wait, in seconds, by `Prefer: wait=N` (RFC 7240 §4.3); undefined when not asked for. */
export function parsePreferWait(prefer: string | undefined): number | undefined {
  const wait = prefer?.match(/(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), maxWaitSeconds);
}

/** The header that says that the wish to wait was heard. */
export const preferenceApplied = (seconds: number) => ({ 'preference-applied': `wait=${seconds}` });

const restful = ['available', 'primary-only'];

/** Whether nothing is under way: the datastore rests, and no member is on its way in or out. */
export const isStable = ({ Status, Members = [] }: GlobalDatastore): boolean =>
  restful.includes(Status) && Members.every((member) => member.Status === 'associated');

/** How a wait ended: the datastore as last seen (not at all, if it could not be), and whether it rests or is gone. */
export interface WaitResult {
  readonly group?: GlobalDatastore;
  readonly stable: boolean;
  readonly gone: boolean;
}

/**
 * Looks at a datastore until it rests or is gone, for `seconds` at most and never past `endsAt` (epoch milliseconds).
 * A look that fails is no end: the next one may succeed.
 */
export async function waitUntilStable(
  signal: AbortSignal,
  id: string,
  seconds: number,
  endsAt: number,
): Promise<WaitResult> {
  let last: WaitResult = { stable: false, gone: false };
  await pollUntil(seconds, endsAt, async () => {
    last = await observeOnce(signal, id, last);
    return last.stable || last.gone;
  });
  return last;
}

/** Looks from time to time until `observeOnce` says that there is no more to wait for; as long as `waitUntilStable` at most. */
export async function pollUntil(seconds: number, endsAt: number, look: () => Promise<boolean>): Promise<void> {
  const end = Math.min(Date.now() + seconds * 1000, endsAt - config.pollMs);
  let over = false;
  while (!over && Date.now() + config.pollMs <= end) {
    await sleep(config.pollMs);
    over = await look();
  }
}

async function observeOnce(signal: AbortSignal, id: string, last: WaitResult): Promise<WaitResult> {
  try {
    const { group } = await findGlobalDatastore(signal, id);
    return { group, stable: isStable(group), gone: false };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return isNotFound(problem) ? { ...last, gone: true } : last;
  }
}
