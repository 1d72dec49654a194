import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { findExecution, getExecution } from '../../aws/durableExecutions.ts';
import { survivingRegions } from '../../aws/multiRegion.ts';
import { config } from '../../config.ts';
import { findWriter } from '../../datastores/endpoints.ts';
import { findGlobalDatastoreIn, type GlobalDatastore, primaryOf } from '../../datastores/globalDatastore.ts';
import { Problem } from '../../problems/problem.ts';
import { currentAdmission } from '../admission.ts';
import { type Goal, parseGoal } from '../goal.ts';
import { memberKeysOf } from '../goals.ts';
import { findPlace, type OperationRequest, startOperation, toOperationId } from '../operations.ts';
import { findRival } from '../rival.ts';
import { chooseNewPrimary, survivingPrimaryOf } from './chooseNewPrimary.ts';
import { type Evacuation, type Evacuee, type EvacueeProgress, evacueeChangeId } from './evacuation.ts';

/**
 * Starts the operation of an evacuation in one datastore, or joins the present operation with the same goal. An interrupted
 * start is found by the id of its operation, which is always the same.
 * @throws Problem if it does not start now
 */
export async function startEvacuee(
  signal: AbortSignal,
  evacuation: Evacuation,
  evacuee: Evacuee,
): Promise<EvacueeProgress> {
  const { GlobalReplicationGroupId } = evacuee;
  const { FromRegion, ToRegion, Supersede } = evacuation;
  const request = requestOf(signal, evacuation, evacuee);
  const ownId = toOperationId(GlobalReplicationGroupId, request.changeId);
  const regions = survivingRegions(FromRegion, ToRegion ?? config.region);
  const { GlobalReplicationGroup: group } = await findGlobalDatastoreIn(signal, GlobalReplicationGroupId, regions);
  if (await findExecution(signal, ownId)) return underWay(group, { OperationId: ownId });
  const primary = survivingPrimaryOf(group, FromRegion);
  if (primary) return alreadyMoved(signal, primary);
  const goal = evacuationGoal(group, evacuation);
  const replaces = Supersede || (await isDrilled(signal, GlobalReplicationGroupId));
  const place = await findPlace(request, goal, replaces).catch((problem) => rethrowUnlessOwn(problem, goal, ownId));
  const OperationId = await startOperation(request, goal, place, evacuation.Url);
  return underWay(group, OperationId === ownId ? { OperationId } : await joined(goal, OperationId));
}

const requestOf = (signal: AbortSignal, evacuation: Evacuation, evacuee: Evacuee): OperationRequest => ({
  signal,
  caller: { name: evacuation.RequestedBy, principal: evacuation.RequestedBy },
  ...(evacuee.Owner !== undefined && { owner: evacuee.Owner }),
  changeId: evacueeChangeId(evacuation, evacuee.GlobalReplicationGroupId),
});

/** Returns the goal of an evacuation in one datastore: that one of its secondaries takes the writes. */
export function evacuationGoal(
  group: GlobalDatastore,
  evacuation: Pick<
    Evacuation,
    'EvacuationId' | 'FromRegion' | 'ToRegion' | 'DetachAfterSeconds' | 'Reason' | 'AcceptedAt'
  >,
): Goal {
  const { EvacuationId, FromRegion, DetachAfterSeconds, Reason, AcceptedAt } = evacuation;
  const { ReplicationGroupId = '', ReplicationGroupRegion = '' } = chooseNewPrimary(group, evacuation);
  return {
    Kind: 'EVACUATE',
    GlobalReplicationGroupId: group.GlobalReplicationGroupId,
    Members: [{ ReplicationGroupId, ReplicationGroupRegion, Role: 'PRIMARY' }],
    Known: memberKeysOf(group),
    OnFailure: 'keep',
    AcceptedAt,
    Evacuation: {
      EvacuationId,
      FromRegion,
      Reason,
      ...(DetachAfterSeconds !== undefined && { DetachAfterSeconds }),
    },
  };
}

const underWay = (group: GlobalDatastore, operation: Partial<EvacueeProgress>): EvacueeProgress => ({
  Status: 'UNDER_WAY',
  StartedAt: new Date().toISOString(),
  FormerPrimary: primaryOf(group),
  ...operation,
});

/** Returns the end of a datastore whose primary is in another region already. */
const alreadyMoved = async (
  signal: AbortSignal,
  { ReplicationGroupId = '', ReplicationGroupRegion = '' }: GlobalReplicationGroupMember,
): Promise<EvacueeProgress> => ({
  Status: 'DONE',
  Way: 'NONE',
  Writer: await findWriter(signal, ReplicationGroupRegion, ReplicationGroupId),
});

/** Returns whether a drill is running on a datastore. A move that is needed replaces it. */
async function isDrilled(signal: AbortSignal, GlobalReplicationGroupId: string): Promise<boolean> {
  const { execution, isRunning } = (await findRival(signal, GlobalReplicationGroupId)) ?? {};
  if (!execution || !isRunning) return false;
  return parseGoal(await getExecution(signal, execution.DurableExecutionArn)).Kind === 'DRILL';
}

/** Returns an operation of another request, with the region of the API that runs it. */
async function joined({ GlobalReplicationGroupId }: Goal, OperationId: string): Promise<Partial<EvacueeProgress>> {
  const { region = config.region } = (await currentAdmission(GlobalReplicationGroupId)) ?? {};
  return { OperationId, ...(region !== config.region && { OperationRegion: region }) };
}

/**
 * Rethrows a problem. An operation that this evacuation has admitted and, because of an interruption, not started is no rival:
 * its place is free as soon as the admission counts as never started.
 */
async function rethrowUnlessOwn(problem: unknown, { GlobalReplicationGroupId }: Goal, ownId: string): Promise<never> {
  const isRival = problem instanceof Problem && problem.code === 'OperationRunning';
  if (isRival && (await currentAdmission(GlobalReplicationGroupId))?.OperationId === ownId)
    throw new Problem('OperationsUnavailable', 'An earlier start of this operation has not ended yet.');
  throw problem;
}
