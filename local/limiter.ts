/**
 * Creates a function that starts tasks in their order, at most `limit` of them at a time. All functions share one thread here:
 * with a hundred at a time, each step of each waits for a step of all others, until their calls to AWS time out. A task that
 * still runs after `longMs` mostly waits, as with `Prefer: wait`, and does not count any more.
 */
export function createLimiter(limit: number, longMs: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = (): Promise<void> | undefined => {
    if (running < limit) return void running++;
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };

  return async (task) => {
    await enter();
    const leaveOnce = once(leave);
    const timer = setTimeout(leaveOnce, longMs);
    return task().finally(() => {
      clearTimeout(timer);
      leaveOnce();
    });
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
