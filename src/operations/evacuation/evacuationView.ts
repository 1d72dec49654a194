import type { GetDurableExecutionCommandOutput } from '@aws-sdk/client-lambda';
import { lastProgress, requireProgress } from '../../aws/durableExecutions.ts';
import {
  type Evacuation,
  type EvacuationProgress,
  type EvacueeProgress,
  initialEvacuationProgress,
  parseEvacuation,
} from './evacuation.ts';

/** Returns an evacuation as it was accepted, before its start. */
export const acceptedEvacuation = (evacuation: Evacuation) =>
  showEvacuation(evacuation, initialEvacuationProgress(evacuation), { Status: 'RUNNING' });

/**
 * Returns what callers can read about an evacuation, with the datastores whose owner they may read. All data is in its
 * progress: neither ElastiCache nor the operations are read.
 * @throws Problem `OperationsUnavailable` if the progress of a running one cannot be read
 */
export async function toEvacuation(
  signal: AbortSignal,
  execution: GetDurableExecutionCommandOutput,
  mayRead: (owner: string | undefined) => boolean,
) {
  const evacuation = parseEvacuation(execution);
  const { Status, DurableExecutionArn, EndTimestamp } = execution;
  const progress =
    Status === 'RUNNING'
      ? await requireProgress<EvacuationProgress>(signal, DurableExecutionArn)
      : lastProgress<EvacuationProgress>(execution);
  const Datastores = evacuation.Datastores.filter(({ Owner }) => Owner === undefined || mayRead(Owner));
  return showEvacuation({ ...evacuation, Datastores }, progress ?? initialEvacuationProgress(evacuation), {
    Status: Status === 'RUNNING' || Status === 'SUCCEEDED' ? Status : 'FAILED',
    EndedAt: EndTimestamp?.toISOString(),
  });
}

interface Ending {
  readonly Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly EndedAt?: string;
}

function showEvacuation(evacuation: Evacuation, { Datastores }: EvacuationProgress, { Status, EndedAt }: Ending) {
  const { EvacuationId, FromRegion, ToRegion, MaxAtOnce, DetachAfterSeconds, Reason, RequestedBy } = evacuation;
  const all = evacuation.Datastores.map(({ GlobalReplicationGroupId: id }) =>
    showEvacuee(id, Datastores[id] ?? { Status: 'WAITING' }, FromRegion),
  );
  return {
    EvacuationId,
    Status,
    FromRegion,
    ToRegion,
    MaxAtOnce,
    DetachAfterSeconds,
    Reason,
    RequestedBy,
    StartedAt: evacuation.AcceptedAt,
    EndedAt,
    Summary: summarize(all),
    Datastores: all,
    ...(evacuation.Warnings.length > 0 && { Warnings: [...evacuation.Warnings] }),
  };
}

function showEvacuee(GlobalReplicationGroupId: string, progress: EvacueeProgress, FromRegion: string) {
  const { Status, Way, Writer, WritableAt, LostWrites, OperationId, LastRefusal } = progress;
  const { Code = LastRefusal?.Code, Reason = LastRefusal?.Detail } = progress;
  const CleanUp = Status === 'DONE' ? cleanUpOf(GlobalReplicationGroupId, progress, FromRegion) : undefined;
  return { GlobalReplicationGroupId, Status, Way, Writer, WritableAt, LostWrites, OperationId, Code, Reason, CleanUp };
}

/** Returns the manual steps after the lost region is available again. */
function cleanUpOf(
  id: string,
  { Way, Writer, FormerPrimary = 'the former primary' }: EvacueeProgress,
  FromRegion: string,
): string[] {
  const home = `/global-datastores/${id}`;
  if (Way === 'NONE') return [];
  if (Way === 'FAILOVER')
    return [
      `Read ${home} until ${FormerPrimary} is associated as a secondary. It loses the writes that it had not replicated.`,
      `If the primary is to be in ${FromRegion} again: POST ${home}/failover.`,
    ];
  return [
    `${FormerPrimary} is still the primary of ${id} and has the data of before. Let no client write to it.`,
    `Delete the datastore, which keeps its replication groups: DELETE ${home}?DetachSecondaries=true.`,
    `Create a datastore over ${Writer?.Region}/${Writer?.ReplicationGroupId}: POST /global-datastores. Its new secondaries get the data of it.`,
    `Delete ${FormerPrimary} in ElastiCache once its data is no longer needed. No route deletes a replication group.`,
  ];
}

function summarize(all: readonly Pick<EvacueeProgress, 'Status' | 'Way'>[]) {
  const count = (status: EvacueeProgress['Status']) => all.filter(({ Status }) => Status === status).length;
  const countWay = (way: EvacueeProgress['Way']) => all.filter(({ Way }) => Way === way).length;
  return {
    Done: count('DONE'),
    UnderWay: count('UNDER_WAY'),
    Waiting: count('WAITING'),
    Refused: count('REFUSED'),
    ByFailover: countWay('FAILOVER'),
    ByDetach: countWay('DETACH'),
  };
}
