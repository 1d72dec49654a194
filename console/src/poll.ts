import { useEffect, useState } from 'preact/hooks';
import { reach } from './api.ts';

/** What a poll has read last, and why it could not read again. */
export interface Polled<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** Reads a value. It gets the value before, ends at the signal, and may show parts of the value on the way. */
export type Read<T> = (signal: AbortSignal, before: T | undefined, show: (part: T) => void) => Promise<T>;

/**
 * Reads a value again and again, with a pause between two reads, while the page is visible. It starts anew when `keys` change, and
 * reads at once when the page becomes visible, when the network is back and after `refresh`.
 */
export function usePoll<T>(read: Read<T>, pauseMs: number, keys: readonly unknown[]): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({});
  useEffect(() => {
    const control = new AbortController();
    setPolled({});
    void poll(read, pauseMs, control.signal, setPolled);
    return () => control.abort();
  }, keys);
  return polled;
}

/** Lets all polls read at once, after a change of the reader's own. */
export const refresh = (): void => void dispatchEvent(new Event('refresh'));

async function poll<T>(
  read: Read<T>,
  pauseMs: number,
  signal: AbortSignal,
  report: (polled: Polled<T>) => void,
): Promise<void> {
  let value: T | undefined;
  while (!signal.aborted) {
    try {
      value = await reach(read(signal, value, (part) => !signal.aborted && report({ value: part })));
      if (!signal.aborted) report({ value });
    } catch (error) {
      if (!signal.aborted) report({ ...(value !== undefined && { value }), error });
    }
    await pause(pauseMs, signal);
  }
}

/** Waits for a time, or until something wakes the polls. Lasts as long as the page is hidden. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = () => {
      if (document.hidden && !signal.aborted) return;
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const wake of ['refresh', 'online']) addEventListener(wake, end, { signal: ended.signal });
    document.addEventListener('visibilitychange', end, { signal: ended.signal });
    signal.addEventListener('abort', end, { signal: ended.signal });
  });
}
