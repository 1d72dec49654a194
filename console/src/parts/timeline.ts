import type { AuditEntry, Drill, Operations } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatLag } from '../lag.ts';
import { evacuationHref } from '../router.ts';
import { Time } from '../time.ts';
import { Status } from './status.ts';
import { Text } from './text.ts';

type ListedOperation = Operations['listOperations']['output']['Operations'][number];

/** The history of a datastore in this API. */
export interface History {
  readonly audit: readonly AuditEntry[];
  readonly operations: readonly ListedOperation[];
  readonly drills: readonly Drill[];
  /** True if the API has earlier audit entries. */
  readonly hasEarlier: boolean;
}

/** One entry of the timeline. */
interface Entry {
  readonly at: string;
  readonly id: string;
  readonly title: string;
  readonly outcome?: string;
  readonly who?: string;
  readonly why?: string | undefined;
  /** The id of the evacuation that the entry is a part of. */
  readonly evacuation?: string | undefined;
  /** The changed values, and further facts. */
  readonly facts: readonly string[];
}

const shownAtFirst = 12;

interface TimelineProps {
  readonly history: History;
  /** Reads the next page of the history. */
  readonly readEarlier: () => void;
  /** Returns the name of a route of the API. */
  readonly nameOf: (route: string) => string;
}

/** Shows audit entries, operations and drills in one timeline, the latest first. */
export function Timeline({ history, readEarlier, nameOf }: TimelineProps) {
  const [isWhole, setWhole] = useState(false);
  const entries = [
    ...history.audit.map((entry) => entryOfAudit(entry, nameOf)),
    ...history.operations.flatMap(entriesOfOperation),
    ...history.drills.map(entryOfDrill),
  ].sort((a, b) => b.at.localeCompare(a.at));
  const shown = isWhole ? entries : entries.slice(0, shownAtFirst);
  const { list, focusNext } = useFocusOnNext(shown.length);
  if (entries.length === 0) return html`<p class="empty">Nothing has happened through this API yet.</p>`;
  const showEarlier = () => {
    focusNext();
    setWhole(true);
    if (shown.length === entries.length) readEarlier();
  };
  return html`
    <ol class="timeline" ref=${list}>${shown.map((entry) => html`<${EntryItem} key=${entry.id} entry=${entry} />`)}</ol>
    ${(shown.length < entries.length || history.hasEarlier) && html`<button type="button" onClick=${showEarlier}>Show earlier</button>`}`;
}

/** Returns a list of `count` items, and a function that moves the focus to the next item as soon as the list has it. */
function useFocusOnNext(count: number) {
  const list = useRef<HTMLOListElement>(null);
  const next = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (next.current === undefined || count <= next.current) return;
    (list.current?.children[next.current] as HTMLElement | undefined)?.focus();
    next.current = undefined;
  }, [count]);
  const focusNext = () => {
    next.current = count;
  };
  return { list, focusNext };
}

function EntryItem({ entry: { at, title, outcome, who, why, evacuation, facts } }: { readonly entry: Entry }) {
  return html`<li tabindex="-1">
    <p class="when"><${Time} at=${at} /></p>
    <div>
      <p><strong><${Text} of=${title} /></strong> ${outcome && html`<${Status} of=${outcome} />`}</p>
      ${facts.map((fact) => html`<p key=${fact} class="fact">${fact}</p>`)}
      ${evacuation && html`<p class="fact">Part of <a href=${evacuationHref(evacuation)}>${evacuation}</a></p>`}
      ${why && html`<p class="why">“${why}”</p>`}
      ${who && html`<p class="who">${who}</p>`}
    </div>
  </li>`;
}

/** The part of a request, or of a step of an operation, in an audit entry. */
interface AuditedRequest {
  readonly body?: { readonly Reason?: string };
  readonly step?: string;
  readonly Reason?: string;
  readonly EvacuationId?: string;
}

function entryOfAudit(entry: AuditEntry, nameOf: (route: string) => string): Entry {
  const { Time: at, Caller, Route, Request, Outcome, Code, RequestId } = entry;
  const { body = {}, step, Reason, EvacuationId } = Request as AuditedRequest;
  return {
    at,
    id: `audit ${at} ${RequestId} ${step ?? ''}`,
    title: step ?? nameOf(Route),
    outcome: Outcome,
    who: Caller,
    why: body.Reason ?? Reason,
    evacuation: EvacuationId,
    facts: [...describeRequest(body), ...describeDifference(entry), ...(Code ? [Code] : [])],
  };
}

/** Returns the simple values of a request in a line. */
function describeRequest(body: Readonly<Record<string, unknown>>): string[] {
  const simple = Object.entries(body).filter(([name, value]) => name !== 'Reason' && typeof value !== 'object');
  return simple.length > 0 ? [simple.map(([name, value]) => `${name}: ${value}`).join(', ')] : [];
}

/** Returns the values that differ before and after a change. */
function describeDifference({ Before: before, After: after }: AuditEntry): string[] {
  if (!before || !after) return [];
  const pairs: [string, unknown, unknown][] = [
    ['Primary', regionOfPrimary(before), regionOfPrimary(after)],
    ['Members', regionsOf(before), regionsOf(after)],
    ['Status', before.Status, after.Status],
    ['Node type', before.CacheNodeType, after.CacheNodeType],
    ['Engine', `${before.Engine} ${before.EngineVersion}`, `${after.Engine} ${after.EngineVersion}`],
    ['Shards', before.NodeGroupCount, after.NodeGroupCount],
  ];
  return pairs
    .filter(([, from, to]) => from !== to)
    .map(([name, from, to]) => `${name}: ${from ?? 'none'} → ${to ?? 'none'}`);
}

type Snapshot = NonNullable<AuditEntry['Before']>;

const regionOfPrimary = ({ Members = [] }: Snapshot) =>
  Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;

const regionsOf = ({ Members = [] }: Snapshot): string =>
  Members.map(({ ReplicationGroupRegion }) => ReplicationGroupRegion)
    .sort()
    .join(', ');

/** Returns the end of an operation. Its start is the audit entry of its request. */
function entriesOfOperation({ OperationId, Status: status, EndedAt }: ListedOperation): Entry[] {
  if (!EndedAt) return [];
  return [
    { at: EndedAt, id: `operation ${OperationId}`, title: 'Operation ended', outcome: status, facts: [OperationId] },
  ];
}

function entryOfDrill(drill: Drill): Entry {
  const { OperationId, AcceptedAt, Status: status, RequestedBy, Reason, PrimaryRegion } = drill;
  return {
    at: drill.EndedAt ?? AcceptedAt,
    id: `drill ${OperationId}`,
    title: `Drill to ${PrimaryRegion}`,
    outcome: status,
    ...(RequestedBy && { who: RequestedBy }),
    why: Reason,
    facts: figuresOf(drill),
  };
}

function figuresOf({ RtoSeconds, ReturnRtoSeconds, LagSecondsBefore, FailureReason }: Drill): string[] {
  return [
    ...(RtoSeconds === undefined ? [] : [`There in ${RtoSeconds} s`]),
    ...(ReturnRtoSeconds === undefined ? [] : [`Back in ${ReturnRtoSeconds} s`]),
    ...(LagSecondsBefore === undefined ? [] : [`Lag before: ${formatLag(LagSecondsBefore)}`]),
    ...(FailureReason ? [FailureReason] : []),
  ];
}
