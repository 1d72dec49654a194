import { GlobalDatastoreError, globalDatastores } from '@global-datastore/client';
import { signal } from '@preact/signals';
import { authorize } from './signIn.ts';

/** The time since which the API does not respond. Undefined while it responds. */
export const unreachableSince = signal<number | undefined>(undefined);

/** The client for reads. It has no retries, because a poll repeats the reads. */
export const reads = globalDatastores({ url: location.origin, retryMs: 0, authorize });

/** The client for changes. It repeats a change under its key for a minute. */
export const changes = globalDatastores({ url: location.origin, authorize, onRetry: noteFailure });

/** Awaits a response, and records whether the API is reachable. */
export async function reach<T>(response: Promise<T>): Promise<T> {
  try {
    const value = await response;
    unreachableSince.value = undefined;
    return value;
  } catch (error) {
    noteFailure(error);
    throw error;
  }
}

/** Returns whether the API sent no response, so that the outcome of a change is unknown. */
export const isLost = (error: unknown): boolean => error instanceof GlobalDatastoreError && error.code === 'NoAnswer';

function noteFailure(error: unknown): void {
  if (isLost(error)) unreachableSince.value ??= Date.now();
  else if (error instanceof GlobalDatastoreError) unreachableSince.value = undefined;
}
