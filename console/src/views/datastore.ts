import type { GlobalReplicationGroup, Operation, ReplicationGroup } from '@global-datastore/client';
import { GlobalDatastoreError } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../announce.ts';
import { reads } from '../api.ts';
import { contract, loadContract, summaryOf } from '../contract.ts';
import { Slots } from '../drawings/slots.ts';
import { Topology } from '../drawings/topology.ts';
import { lagOf, type Replication } from '../lag.ts';
import { membersOf, primaryOf } from '../members.ts';
import { ConnectionSection } from '../parts/connection.ts';
import { MemberCard } from '../parts/memberCard.ts';
import { OperationPanel } from '../parts/operationPanel.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { Status } from '../parts/status.ts';
import { type History, Timeline } from '../parts/timeline.ts';
import { Warnings } from '../parts/warnings.ts';
import { refresh, usePoll } from '../poll.ts';
import { datastoreHref, listHref } from '../router.ts';

/** A datastore with the entity tag that a change names. */
export interface TaggedDatastore {
  readonly datastore: GlobalReplicationGroup;
  readonly etag: string;
}

/** One datastore: its topology, members, shards, operation, timeline, and all that can be done with it. */
export function DatastoreView({
  id,
  seen,
}: {
  readonly id: string;
  readonly seen: (found: TaggedDatastore | undefined) => void;
}) {
  const found = usePoll<TaggedDatastore>((signal, before) => readDatastore(id, signal, before), pauseMs, [id]);
  const history = usePoll((signal) => readHistory(id, signal), 15_000, [id]);
  const { datastore, etag } = found.value ?? {};
  const isGone = found.error instanceof GlobalDatastoreError && found.error.status === 404;
  useEffect(() => {
    if (found.value) seen(found.value);
    refresh(); // a change of the datastore is a new entry of its history
  }, [etag]);
  useEffect(() => void loadContract().catch(() => {}), []);
  useAnnouncedChanges(datastore);
  return html`
    <nav aria-label="Place" class="place"><a href=${listHref()}>Datastores</a></nav>
    <div class="head"><h1 tabindex="-1">${id}</h1>${datastore && !isGone && html`<${Status} of=${datastore.Status} />`}</div>
    ${isGone ? html`<p class="notice warn">This datastore does not exist, or no longer. What has happened to it is below.</p>` : html`<${ProblemNotice} error=${found.error} />`}
    ${datastore && !isGone && html`<${Actions} datastore=${datastore} />`}
    <${CurrentOperation} history=${history.value} />
    ${datastore && !isGone && html`<${Members} datastore=${datastore} />`}
    <section class="panel" aria-label="Timeline">
      <h2>Timeline</h2>
      <${ProblemNotice} error=${history.error} />
      ${history.value && html`<${Timeline} history=${history.value} nameOf=${(route: string) => summaryOf(contract.value, route)} />`}
    </section>`;
}

/** The pause between two reads that the API holds until something changes. */
const pauseMs = 500;
/** How long the API holds a read, in seconds. */
const wait = 20;

/** Reads the datastore, the first time at once, then when it is another one than before. */
async function readDatastore(
  GlobalReplicationGroupId: string,
  signal: AbortSignal,
  before: TaggedDatastore | undefined,
): Promise<TaggedDatastore> {
  const options = { signal, ...(before && { wait, ifNoneMatch: before.etag }) };
  const answer = await reads.readIfChanged('getGlobalDatastore', { GlobalReplicationGroupId }, options);
  return answer
    ? { datastore: answer.body.GlobalReplicationGroup, etag: answer.etag ?? '' }
    : (before as TaggedDatastore);
}

async function readHistory(GlobalReplicationGroupId: string, signal: AbortSignal): Promise<History> {
  const [audit, operations, drills] = await Promise.all([
    reads.getAudit({ GlobalReplicationGroupId }, { signal }),
    reads.listOperations({ GlobalReplicationGroupId }, { signal }),
    reads.listDrills({ GlobalReplicationGroupId }, { signal }),
  ]);
  return { audit: audit.AuditEntries, operations: operations.Operations, drills: drills.Drills };
}

/** Says to screen readers that the status or the primary is another one. */
function useAnnouncedChanges(datastore: GlobalReplicationGroup | undefined): void {
  const state =
    datastore && `${datastore.Status}, primary in ${primaryOf(datastore)?.ReplicationGroupRegion ?? 'no region'}`;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (state && before.current && before.current !== state)
      announce(`${datastore?.GlobalReplicationGroupId} is now ${state}.`);
    before.current = state;
  }, [state]);
}

/** What can be done with the datastore. The name of an action is that of the API's operation. */
function Actions({ datastore }: { readonly datastore: GlobalReplicationGroup }) {
  const actions: [operation: string, label: string, isPossible?: boolean][] = [
    ['failoverGlobalDatastore', 'Fail over', membersOf(datastore).length > 1],
    ['startDrill', 'Drill', membersOf(datastore).length > 1],
    ['addMember', 'Add a region', membersOf(datastore).length < 3],
    ['modifyGlobalDatastore', 'Modify'],
    ['scaleNodeGroups', 'Scale', datastore.ClusterEnabled],
    ['rebalanceSlots', 'Rebalance', datastore.ClusterEnabled],
    ['rotateAuthToken', 'Rotate the token', datastore.AuthTokenEnabled],
    ['applyTopology', 'Set the topology'],
    ['deleteGlobalDatastore', 'Delete'],
  ];
  return html`
    <nav class="actions" aria-label="Actions">
      ${actions
        .filter(([, , isPossible = true]) => isPossible)
        .map(
          ([operation, label]) =>
            html`<a key=${operation} class=${`button ${operation === 'deleteGlobalDatastore' ? 'danger' : ''}`} href=${datastoreHref(datastore.GlobalReplicationGroupId, operation)}>${label}</a>`,
        )}
    </nav>`;
}

/** How long an operation that has ended is shown above everything else. The timeline keeps it. */
const shownAfterEndMs = 600_000;

/** The operation that runs, or has just ended. */
function CurrentOperation({ history }: { readonly history: History | undefined }) {
  const [latest] = history?.operations.toSorted((a, b) => b.StartedAt.localeCompare(a.StartedAt)) ?? [];
  const OperationId = latest?.OperationId;
  const { value: { operation } = {} } = usePoll<TaggedOperation>(
    (signal, before) => readOperation(OperationId, signal, before),
    pauseMs,
    [OperationId],
  );
  useEffect(() => refresh(), [operation?.Status]);
  const isOfNow = operation && !(Date.parse(operation.EndedAt ?? '') < Date.now() - shownAfterEndMs);
  return isOfNow ? html`<${OperationPanel} operation=${operation} />` : null;
}

interface TaggedOperation {
  readonly operation?: Operation;
  readonly etag?: string;
}

/** Reads an operation as `readDatastore` does. One that has ended is not read again. */
async function readOperation(
  OperationId: string | undefined,
  signal: AbortSignal,
  before: TaggedOperation = {},
): Promise<TaggedOperation> {
  if (!OperationId || before.operation?.EndedAt) return before;
  const options = { signal, ...(before.etag && { wait, ifNoneMatch: before.etag }) };
  const answer = await reads.readIfChanged('getOperation', { OperationId }, options);
  return answer ? { operation: answer.body.Operation, etag: answer.etag ?? '' } : before;
}

function Members({ datastore }: { readonly datastore: GlobalReplicationGroup }) {
  const { GlobalReplicationGroupId: id, GlobalNodeGroups: shards = [] } = datastore;
  const members = membersOf(datastore);
  const keys = members.map(
    ({ ReplicationGroupRegion, ReplicationGroupId }) => `${ReplicationGroupRegion}/${ReplicationGroupId}`,
  );
  const replication = usePoll((signal) => readReplication(id, signal), 30_000, [id, keys.join()]);
  const groups = usePoll((signal) => readGroups(keys, signal), 30_000, [keys.join()]);
  return html`
    <section class="panel" aria-label="Topology">
      <h2>Topology</h2>
      <${Warnings} of=${replication.value?.Warnings} />
      <${Topology} datastore=${datastore} replication=${replication.value} />
    </section>
    <section aria-label="Members" class="members">
      ${members.map(
        (member, index) => html`<${MemberCard} key=${keys[index]} datastore=${datastore} member=${member}
          lag=${lagOf(replication.value, member)} group=${groups.value?.get(keys[index] ?? '')} />`,
      )}
    </section>
    ${shards.length > 0 && html`<section class="panel" aria-label="Shards"><h2>Shards</h2><${Slots} shards=${shards} /></section>`}
    <${ConnectionSection} id=${id} />`;
}

const readReplication = (GlobalReplicationGroupId: string, signal: AbortSignal): Promise<Replication> =>
  reads.getReplication({ GlobalReplicationGroupId, Since: 'PT1H' }, { signal });

/** Reads the replication groups of members. One that cannot be read is left out. */
async function readGroups(keys: readonly string[], signal: AbortSignal): Promise<Map<string, ReplicationGroup>> {
  const read = async (key: string): Promise<[string, ReplicationGroup][]> => {
    const [Region = '', ReplicationGroupId = ''] = key.split('/');
    const answer = await reads.getReplicationGroup({ Region, ReplicationGroupId }, { signal }).catch(() => undefined);
    return answer ? [[key, answer.ReplicationGroup]] : [];
  };
  return new Map((await Promise.all(keys.map(read))).flat());
}
