import type { AttemptOutcome } from './classifyError.ts';

/** Returns whether an AWS action changes nothing. */
export const isRead = (action: string): boolean => /^(Describe|List|Get)/.test(action);

/**
 * Returns whether an AWS action may be sent again after its response was lost. Reads may. A change may if its parameters name
 * what it creates or ends: AWS rejects the repeat, and the caller reads the resource to find out what the first attempt did.
 * Any other change is sent once. A repeat would be applied twice or rejected because of the first.
 */
export const isSafeToRetry = (action: string): boolean => isRead(action) || naturallyIdempotent.has(action);

const naturallyIdempotent = new Set([
  'CreateGlobalReplicationGroup',
  'CreateReplicationGroup',
  'DeleteGlobalReplicationGroup',
  'DisassociateGlobalReplicationGroup',
  'FailoverGlobalReplicationGroup',
]);

/** The end of an attempt as the SDK's retry strategy reads it: with `$retryable` another attempt may follow. */
export class AttemptError extends Error {
  readonly $response: unknown; // may hold a Retry-After header
  readonly $retryable?: { readonly throttling: boolean };

  constructor(
    outcome: AttemptOutcome,
    { mayRepeat, error }: { readonly mayRepeat: boolean; readonly error: Error & { readonly $response?: unknown } },
  ) {
    super(error.message);
    this.$response = error.$response;
    const isRetryable = outcome === 'throttled' || outcome === 'notSent' || (outcome === 'responseLost' && mayRepeat);
    if (isRetryable) this.$retryable = { throttling: outcome === 'throttled' };
  }
}
