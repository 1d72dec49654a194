import { GlobalDatastoreError } from '@global-datastore/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { reach } from './api.ts';

/** The last value of a poll, and the error of a later read. */
export interface Polled<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** Reads a value. It receives the previous value, ends at the signal, and may show parts of the value before its end. */
export type Read<T> = (signal: AbortSignal, before: T | undefined, show: (part: T) => void) => Promise<T>;

/** The pause between two reads in milliseconds, which may depend on what was read. */
export type Pause<T> = number | ((value: T) => number);

/**
 * Reads a value repeatedly, with a pause between two reads, while the page is visible. It restarts when `keys` change, and
 * reads at once when the page becomes visible, when the network is lost or restored, and after `refresh`.
 */
export function usePoll<T>(read: Read<T>, pauseMs: Pause<T>, keys: readonly unknown[]): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({});
  useEffect(() => {
    const control = new AbortController();
    setPolled({});
    void poll(read, pauseMs, control.signal, setPolled);
    return () => control.abort();
  }, keys);
  return polled;
}

/** The seconds for which the API holds a read until a change, and the pause before the next read in milliseconds. */
export const holdSeconds = 20;
export const pauseOfHeldReads = 500;

/** Starts a read of all polls at once, after a change from this page. */
export const refresh = (): void => void dispatchEvent(new Event('refresh'));

/** Starts a read of all polls at once when a value changes. */
export function useRefreshAfter(value: string | undefined): void {
  const before = useRef(value);
  useEffect(() => {
    if (value === undefined) return;
    if (before.current !== undefined && before.current !== value) refresh();
    before.current = value;
  }, [value]);
}

async function poll<T>(
  read: Read<T>,
  pauseMs: Pause<T>,
  signal: AbortSignal,
  report: (polled: Polled<T>) => void,
): Promise<void> {
  let last: Polled<T> = {};
  let isRefreshed = false; // during a read, whose result may not include the change yet
  const noteRefresh = () => {
    isRefreshed = true;
  };
  addEventListener('refresh', noteRefresh, { signal });
  const tell = (polled: Polled<T>) => {
    if (signal.aborted || (polled.value === last.value && polled.error === last.error)) return;
    last = polled;
    report(polled);
  };
  while (!signal.aborted) {
    isRefreshed = false;
    try {
      const value = await reach(read(signal, last.value, (part) => tell({ value: part })));
      tell({ value });
      if (!isRefreshed) await pause(typeof pauseMs === 'number' ? pauseMs : pauseMs(value), signal);
    } catch (error) {
      tell({ ...last, error });
      await pause(Math.max(typeof pauseMs === 'number' ? pauseMs : 0, pauseAfterMs(error)), signal);
    }
  }
}

/** Returns the pause after an error: `Retry-After` of the API, or 3 seconds. */
const pauseAfterMs = (error: unknown): number =>
  1_000 * ((error instanceof GlobalDatastoreError ? error.retryAfter : undefined) ?? 3);

/** Waits for a time, or until an event wakes the polls. It does not end while the page is hidden. */
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
    for (const wake of ['refresh', 'online', 'offline']) addEventListener(wake, end, { signal: ended.signal });
    document.addEventListener('visibilitychange', end, { signal: ended.signal });
    signal.addEventListener('abort', end, { signal: ended.signal });
  });
}
