import { AsyncLocalStorage } from 'node:async_hooks';

/** What is learnt on the way of a request and belongs into its log line, its audit entry and its metrics. */
export interface RequestContext {
  /** What became of its Idempotency-Key, if it has one. */
  idempotency?: 'first' | 'resumed' | 'replayed' | 'unprotected';
  /** The key, as the log may have it. */
  keyDigest?: string;
  readonly awsCalls: AwsCall[];
  tableErrors: number;
}

/** One call of ElastiCache and how it ended; enough to find it in CloudTrail. */
export interface AwsCall {
  readonly action: string;
  readonly region: string;
  readonly requestId?: string;
  /** The code of the problem that it ended in. */
  readonly code?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Begins the notes of a request: whatever follows from it, and nothing else, writes into them. */
export const startRequestContext = (): void => storage.enterWith({ awsCalls: [], tableErrors: 0 });

/** The notes of the request under way; nobody's, outside of one. */
export const requestContext = (): RequestContext => storage.getStore() ?? { awsCalls: [], tableErrors: 0 };
