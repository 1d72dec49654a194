import { GlobalDatastoreError, type GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../announce.ts';
import { reads } from '../api.ts';
import { contract, loadContract, summaryOf } from '../contract.ts';
import { membersOf, primaryOf } from '../members.ts';
import { CurrentOperation } from '../parts/currentOperation.ts';
import { MembersSection } from '../parts/membersSection.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { Status } from '../parts/status.ts';
import { type History, Timeline } from '../parts/timeline.ts';
import { holdSeconds, pauseOfHeldReads, refresh, usePoll, useRefreshAfter } from '../poll.ts';
import { datastoreHref, listHref } from '../router.ts';

/** A datastore with the entity tag for a change. */
export interface TaggedDatastore {
  readonly datastore: GlobalReplicationGroup;
  readonly etag: string;
}

/** Shows one datastore: its topology, members, shards, operation, timeline and actions. */
export function DatastoreView({
  id,
  seen,
}: {
  readonly id: string;
  readonly seen: (found: TaggedDatastore | undefined) => void;
}) {
  const found = usePoll<TaggedDatastore>((signal, before) => readDatastore(id, signal, before), pauseOfHeldReads, [id]);
  const pages = useRef(1);
  const history = usePoll((signal) => readHistory(id, signal, pages.current), 15_000, [id]);
  const { datastore, etag } = found.value ?? {};
  const isGone = found.error instanceof GlobalDatastoreError && found.error.status === 404;
  useEffect(() => {
    if (found.value) seen(found.value);
  }, [etag]);
  useRefreshAfter(etag); // a change of the datastore is a new entry of its history
  useEffect(() => void loadContract().catch(() => {}), []);
  useAnnouncedChanges(datastore);
  const readEarlier = () => {
    pages.current++;
    refresh();
  };
  return html`
    <nav aria-label="Place" class="place"><a href=${listHref()}>Datastores</a></nav>
    <div class="head"><h1 tabindex="-1">${id}</h1>${datastore && !isGone && html`<${Status} of=${datastore.Status} />`}</div>
    ${datastore && !isGone && html`<p class="muted summary">${describe(datastore)}</p>`}
    ${isGone ? html`<p class="notice warn">This datastore does not exist, or no longer. What has happened to it is below.</p>` : html`<${ProblemNotice} error=${found.error} />`}
    ${datastore && !isGone && html`<${Actions} datastore=${datastore} />`}
    <${CurrentOperation} operations=${history.value?.operations} />
    ${datastore && !isGone && html`<${MembersSection} datastore=${datastore} drills=${history.value?.drills} />`}
    <section class="panel" aria-label="Timeline">
      <h2>Timeline</h2>
      <${ProblemNotice} error=${history.error} />
      ${history.value && html`<${Timeline} history=${history.value} readEarlier=${readEarlier} nameOf=${(route: string) => summaryOf(contract.value, route)} />`}
    </section>`;
}

/** Reads the datastore: the first time at once, later after a change of it. */
async function readDatastore(
  GlobalReplicationGroupId: string,
  signal: AbortSignal,
  before: TaggedDatastore | undefined,
): Promise<TaggedDatastore> {
  const options = { signal, ...(before && { wait: holdSeconds, ifNoneMatch: before.etag }) };
  const answer = await reads.readIfChanged('getGlobalDatastore', { GlobalReplicationGroupId }, options);
  return answer
    ? { datastore: answer.body.GlobalReplicationGroup, etag: answer.etag ?? '' }
    : (before as TaggedDatastore);
}

/** Reads the latest pages of the history. The audit trail is the longest list: each operation and drill has entries in it. */
async function readHistory(GlobalReplicationGroupId: string, signal: AbortSignal, pages: number): Promise<History> {
  const input = { GlobalReplicationGroupId };
  const [audit, operations, drills] = await Promise.all([
    readPages(reads.pages('getAudit', input, { signal }), pages),
    readPages(reads.pages('listOperations', input, { signal }), pages),
    readPages(reads.pages('listDrills', input, { signal }), pages),
  ]);
  return {
    audit: audit.flatMap(({ AuditEntries }) => AuditEntries),
    operations: operations.flatMap(({ Operations: listed }) => listed),
    drills: drills.flatMap(({ Drills }) => Drills),
    hasEarlier: audit.at(-1)?.Marker !== undefined,
  };
}

/** Reads the first pages of a list. */
async function readPages<Page>(list: AsyncIterable<Page>, count: number): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of list) if (pages.push(page) >= count) break;
  return pages;
}

/** Describes a datastore in one line. */
function describe(datastore: GlobalReplicationGroup): string {
  const facts = [
    datastore.GlobalReplicationGroupDescription?.trim(),
    `${datastore.Engine} ${datastore.EngineVersion}`,
    datastore.CacheNodeType,
    datastore.ClusterEnabled ? 'cluster mode' : 'no cluster mode',
    datastore.TransitEncryptionEnabled ? 'TLS' : 'no TLS',
    datastore.AuthTokenEnabled ? 'with a password' : 'no password',
    datastore.AtRestEncryptionEnabled ? 'encrypted at rest' : 'not encrypted at rest',
  ];
  return facts.filter(Boolean).join(' · ');
}

/** Announces a change of the status or of the primary to screen readers. */
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

/** Shows the actions on the datastore. The name of an action is that of the API's operation. */
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
