import { createHash } from 'node:crypto';
import type { Failure } from '../reconcile.ts';
import type { Refusal } from '../stepProblem.ts';
import type { EvacuationOutcome } from './evacuationStep.ts';

/** An evacuation of a region: the input of the durable function that starts an operation for each datastore. */
export interface Evacuation {
  readonly v: 1;
  readonly Kind: 'EVACUATION';
  readonly EvacuationId: string;
  /** The lost region. It is never called. */
  readonly FromRegion: string;
  /** The region of the new primaries. By default the first configured region in which a datastore has a secondary. */
  readonly ToRegion?: string;
  readonly MaxAtOnce: number;
  /** The time without success after which a secondary is detached. By default none is. */
  readonly DetachAfterSeconds?: number;
  readonly Reason: string;
  /** True if operations in progress are replaced. */
  readonly Supersede?: boolean;
  readonly Datastores: readonly Evacuee[];
  /** What may be missing from the datastores, by region. */
  readonly Warnings: readonly { readonly Region: string; readonly Detail: string }[];
  /** The name of the caller. */
  readonly RequestedBy: string;
  /** The owners of the caller. Callers of other owners may not read the evacuation. */
  readonly Owners: readonly string[];
  /** A deletion of a datastore or a failover of another request after this time ends its operation. */
  readonly AcceptedAt: string;
  /** The public URL of the API that runs the evacuation. */
  readonly Url: string;
}

/** A datastore of an evacuation. */
export interface Evacuee {
  readonly GlobalReplicationGroupId: string;
  /** Undefined without owners in the policy, or if it could not be read. */
  readonly Owner?: string;
  /** The reason why it was refused when the evacuation was accepted. */
  readonly Refused?: RefusedEvacuee;
}

/** The reason why a datastore is not evacuated. */
export interface RefusedEvacuee {
  readonly Code: string;
  readonly Reason: string;
}

/** The progress of an evacuation: the state of the durable function. */
export interface EvacuationProgress {
  readonly v: 1;
  readonly Begun?: string;
  /** By the id of the datastore. A datastore that is not listed waits. */
  readonly Datastores: Readonly<Record<string, EvacueeProgress>>;
  readonly Failure?: Failure;
  readonly Ended?: true;
}

/** The progress of an evacuation in one datastore. */
export interface EvacueeProgress extends Partial<EvacuationOutcome> {
  readonly Status: 'WAITING' | 'UNDER_WAY' | 'DONE' | 'REFUSED';
  /** The last problem that delayed its start. The start is retried. */
  readonly LastRefusal?: Refusal;
  readonly Tries?: number;
  readonly StartedAt?: string;
  /** The former primary, as `region/id`. */
  readonly FormerPrimary?: string;
  readonly OperationId?: string;
  /** The region of the API that runs the operation, if it is another one. */
  readonly OperationRegion?: string;
  readonly Code?: string;
  readonly Reason?: string;
}

/** Returns the id of an evacuation, which is also the name of its execution. */
export const toEvacuationId = (FromRegion: string, changeId: string): string => `${idPrefix}${FromRegion}-${changeId}`;

const idPrefix = 'evacuation-';

/** Returns whether an id is that of an evacuation. An id of a datastore begins with five letters and a hyphen. */
export const isEvacuationId = (id: string): boolean => id.startsWith(idPrefix);

/** Returns whether the input of an execution is an evacuation. */
export const isEvacuation = (input: { readonly Kind: string }): input is Evacuation => input.Kind === 'EVACUATION';

/** Parses the evacuation from the input of an execution. */
export const parseEvacuation = ({ InputPayload = '{}' }: { readonly InputPayload?: string }): Evacuation =>
  JSON.parse(InputPayload);

/** Returns the id of the change in one datastore. It is the same in each attempt at it, and so is the operation. */
export const evacueeChangeId = ({ EvacuationId }: Evacuation, GlobalReplicationGroupId: string): string =>
  createHash('sha256').update(`${EvacuationId} ${GlobalReplicationGroupId}`).digest('hex').slice(0, 16);

/** Returns the progress at the start: the datastores that were refused at once. */
export const initialEvacuationProgress = ({ Datastores }: Pick<Evacuation, 'Datastores'>): EvacuationProgress => ({
  v: 1,
  Datastores: Object.fromEntries(
    Datastores.flatMap(({ GlobalReplicationGroupId, Refused }) =>
      Refused ? [[GlobalReplicationGroupId, { Status: 'REFUSED', ...Refused }]] : [],
    ),
  ),
});
