import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../local/limiter.ts';

describe('the limiter of local functions', () => {
  it('starts one task in each turn of the event loop, in their order', async () => {
    const limited = createLimiter();
    const started: string[] = [];
    const start = (name: string) => limited(async () => void started.push(name));
    const done = Promise.all(['a', 'b', 'c'].map(start));
    const runningCounts: number[] = [];
    while (started.length < 3) {
      await nextTurn();
      runningCounts.push(started.length);
    }
    await done;

    expect(started).toEqual(['a', 'b', 'c']);
    expect(runningCounts).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  it('starts further tasks while a task waits and after one that fails', async () => {
    const limited = createLimiter();
    const waiting = Promise.withResolvers<string>();

    const first = limited(() => waiting.promise);
    const failing = limited(() => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await limited(async () => 'third')).toBe('third');
    waiting.resolve('first');

    expect(await first).toBe('first');
  });
});
