import type { Findings, Operations } from '@global-datastore/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { reach, reads } from '../api.ts';

/** The result of the dry run of the values so far. */
export interface DryRun {
  readonly findings?: Findings;
  readonly error?: unknown;
  /** True if the values have changed since. */
  readonly isRunning: boolean;
}

/** The pause after a keystroke. */
const pauseMs = 250;

/** Sends a dry run at each change of the input: one request at a time, the last input wins. `etag` is that of the datastore. */
export function useDryRun(operation: keyof Operations, input: object, etag: string | undefined): DryRun {
  const [result, setResult] = useState<DryRun>({ isRunning: true });
  const run = useRef(oneAtATime());
  const latest = useRef('');
  const text = JSON.stringify(input);
  useEffect(() => {
    latest.current = text;
    setResult((before) => ({ ...before, isRunning: true }));
    const report = (found: Omit<DryRun, 'isRunning'>) =>
      latest.current === text && setResult({ ...found, isRunning: false });
    const task = () =>
      reach(reads.dryRun(operation, input as never)).then(
        (findings) => report({ findings }),
        (error) => report({ error }),
      );
    const timer = setTimeout(() => run.current(task), pauseMs);
    return () => clearTimeout(timer);
  }, [text, etag]);
  return result;
}

type Task = () => Promise<unknown>;

/** Returns a function that runs tasks one after the other. A later task replaces one that waits. */
function oneAtATime(): (task: Task) => Promise<void> {
  let next: Task | undefined;
  let isBusy = false;
  return async (task) => {
    next = task;
    if (isBusy) return;
    isBusy = true;
    while (next) {
      const current = next;
      next = undefined;
      await current();
    }
    isBusy = false;
  };
}
