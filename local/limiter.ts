import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Creates a function that starts tasks in their order, one in each turn of the event loop. All functions share one thread here.
 * If a hundred start at once, each step of each waits for a step of all others, and Node accepts only one connection a turn.
 */
export function createLimiter(): <T>(task: () => Promise<T>) => Promise<T> {
  let turn = Promise.resolve();
  return (task) => {
    turn = turn.then(() => nextTurn());
    return turn.then(task);
  };
}
