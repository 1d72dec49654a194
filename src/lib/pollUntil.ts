import { setTimeout as sleep } from 'node:timers/promises';
import { config } from '../config.ts';

/**
 * Calls `isDone` every `config.pollMs` until it returns true, for `seconds` at most. The last call ends before `endsAt`, in epoch
 * milliseconds.
 */
export async function pollUntil(seconds: number, endsAt: number, isDone: () => Promise<boolean>): Promise<void> {
  const end = Math.min(Date.now() + seconds * 1000, endsAt - config.pollMs);
  let done = false;
  while (!done && Date.now() + config.pollMs <= end) {
    await sleep(config.pollMs);
    done = await isDone();
  }
}
