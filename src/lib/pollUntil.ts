import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `isDone` every `intervalMs` until it returns true, for `seconds` at most. The last call starts at least an interval before
 * `endsAt`, in epoch milliseconds.
 */
export async function pollUntil(
  seconds: number,
  endsAt: number,
  intervalMs: number,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const end = Math.min(Date.now() + seconds * 1000, endsAt - intervalMs);
  let done = false;
  while (!done && Date.now() + intervalMs <= end) {
    await sleep(intervalMs);
    done = await isDone();
  }
}
