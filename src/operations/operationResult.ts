import { findWriter } from '../datastores/endpoints.ts';
import { readMeasuredFailover } from '../datastores/localDataPlane.ts';
import { lookup } from '../datastores/lookup.ts';
import { findRetainedResources, type RetainedResources } from '../datastores/retainedResources.ts';
import type { EvacuationOutcome, Moved } from './evacuation/evacuationStep.ts';
import { type Goal, memberName, type ObservedMember } from './goal.ts';
import { isOtherDatastore } from './nextStep.ts';
import { observe } from './observe.ts';

/** The resources that a run leaves, and its result. */
export interface OperationResult extends RetainedResources {
  /** The datastore with all of its members, if the run failed and the datastore still exists or could not be read. */
  readonly Datastore?: RetainedDatastore;
  /** How an evacuation has moved the writes, if it has. */
  readonly Evacuated?: EvacuationOutcome;
}

interface RetainedDatastore {
  readonly GlobalReplicationGroupId: string;
  /** Left out if the datastore could not be read, as are its members. */
  readonly Status?: string;
  readonly Members?: readonly ObservedMember[];
}

/** Returns what all former and desired members leave, and the datastore on request. Never throws: a failed read leaves details out. */
export async function findOperationResult(
  signal: AbortSignal,
  goal: Goal,
  { withDatastore, Moved }: { readonly withDatastore: boolean; readonly Moved?: Moved },
): Promise<OperationResult> {
  const members = goal.Evacuation ? goal.Members : goal.Drill ? [] : [...goal.Known, ...goal.Members];
  const candidates = new Map(members.map((member) => [memberName(member), member]));
  const retained = await findRetainedResources(signal, [...candidates.values()], goal.GlobalReplicationGroupId);
  const Datastore = withDatastore ? await findRetainedDatastore(signal, goal) : undefined;
  const Evacuated = Moved && (await findOutcome(signal, goal, Moved));
  return { ...(Datastore && { Datastore }), ...retained, ...(Evacuated && { Evacuated }) };
}

/** Returns the datastore with its members. Undefined if it does not exist, or if it is another one of the same name. */
async function findRetainedDatastore(signal: AbortSignal, goal: Goal): Promise<RetainedDatastore | undefined> {
  const { GlobalReplicationGroupId } = goal;
  const found = await lookup(observe(signal, goal.Evacuation ? goal : { ...goal, Members: [] }));
  if (found.is !== 'found') return { GlobalReplicationGroupId };
  const { datastore } = found.value;
  if (!datastore || datastore.Status === 'deleted' || isOtherDatastore(goal, datastore)) return undefined;
  return { GlobalReplicationGroupId, Status: datastore.Status, Members: datastore.Members };
}

async function findOutcome(signal: AbortSignal, goal: Goal, { Way, To }: Moved): Promise<EvacuationOutcome> {
  const { GlobalReplicationGroupId, AcceptedAt = '' } = goal;
  const measured = Way === 'FAILOVER' && (await readMeasuredFailover(signal, GlobalReplicationGroupId, AcceptedAt));
  return { Way, Writer: await findWriter(signal, To.ReplicationGroupRegion, To.ReplicationGroupId), ...measured };
}
