import type { GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { type ListedDatastores, type ListFilter, readDatastores } from '../datastores.ts';
import { membersOf, primaryOf, secondariesOf } from '../members.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { Status } from '../parts/status.ts';
import { Warnings } from '../parts/warnings.ts';
import { usePoll } from '../poll.ts';
import { datastoreHref, listHref } from '../router.ts';

/** The filter and the order of the list. */
interface Filter {
  readonly text: string;
  readonly status: string;
  readonly region: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly page: number;
}

const pollMs = 10_000;
const rowsOnPage = 50;

/** Shows the datastores of all regions: filter, order, pages. */
export function ListView() {
  const [filter, setFilter] = useState<Filter>(noFilter);
  const [isTooMany, setTooMany] = useState(false);
  const settled = useApiFilter(filter);
  const apiFilter = isTooMany ? settled : {};
  const { value, error } = usePoll<ListedDatastores>(
    (signal, before, show) => readDatastores(signal, apiFilter, before ? undefined : show),
    pollMs,
    [JSON.stringify(apiFilter)],
  );
  useEffect(() => {
    if (value?.more) setTooMany(true); // from now on the API filters, too
  }, [value?.more]);
  const change = (changed: Partial<Filter>) => setFilter({ ...filter, page: 0, ...changed });
  return html`
    <div class="head">
      <h1 tabindex="-1">Datastores</h1>
      <a class="button main" href=${listHref('createGlobalDatastore')}>Create a datastore</a>
    </div>
    <${ProblemNotice} error=${error} />
    <${Warnings} of=${value?.warnings} />
    <${Filters} listed=${value ?? nothing} filter=${filter} change=${change} statuses=${isTooMany ? apiStatuses : []} />
    ${value && html`<${Table} listed=${value} filter=${filter} change=${change} prefix=${apiFilter.NamePrefix} />`}
    ${!value && !error && html`<p class="loading">Reading the datastores of all regions …</p>`}`;
}

/** Returns a filter in the form of the API, which filters only by the beginning of a name. */
function useApiFilter({ text, status, region }: Filter): ListFilter {
  const NamePrefix = useSettled(/^[A-Za-z][A-Za-z0-9-]*$/.test(text.trim()) ? text.trim() : '');
  return {
    ...(status && { Status: status as NonNullable<ListFilter['Status']> }),
    ...(region && { Region: region }),
    ...(NamePrefix && { NamePrefix }),
  };
}

/** The statuses that the API filters by: the page may not have read a datastore of each. */
const apiStatuses: readonly string[] = Object.keys({
  creating: true,
  available: true,
  modifying: true,
  'primary-only': true,
  deleting: true,
  deleted: true,
  'create-failed': true,
} satisfies Record<NonNullable<ListFilter['Status']>, true>);

/** Returns a text once it has not changed for some time. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settledAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

const settledAfterMs = 300;

const nothing: ListedDatastores = { datastores: [], running: new Map(), warnings: [], more: false };

const noFilter: Filter = { text: '', status: '', region: '', sort: 'Name', descending: false, page: 0 };

interface Part {
  readonly listed: ListedDatastores;
  readonly filter: Filter;
  readonly change: (changed: Partial<Filter>) => void;
}

function Filters({
  listed: { datastores },
  filter,
  change,
  statuses: known,
}: Part & { readonly statuses: readonly string[] }) {
  const statuses = distinct([...datastores.map(({ Status }) => Status), filter.status, ...known]);
  const regions = distinct([...datastores.flatMap((datastore) => membersOf(datastore).map(regionOf)), filter.region]);
  const { text, status, region } = filter;
  return html`
    <form class="filters" role="search" aria-label="Datastores" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>Name <input type="search" value=${text} onInput=${(event: InputEvent) => change({ text: inputOf(event) })} /></label>
      <label>Status <${Choice} value=${status} options=${statuses} onChange=${(chosen: string) => change({ status: chosen })} /></label>
      <label>Region <${Choice} value=${region} options=${regions} onChange=${(chosen: string) => change({ region: chosen })} /></label>
    </form>`;
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].filter(Boolean).sort();

interface ChoiceProps {
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (chosen: string) => void;
}

function Choice({ value, options, onChange }: ChoiceProps) {
  return html`
    <select value=${value} onChange=${(event: Event) => onChange(inputOf(event))}>
      <option value="">all</option>
      ${options.map((option) => html`<option key=${option} value=${option}>${option}</option>`)}
    </select>`;
}

const inputOf = ({ target }: Event): string => (target as HTMLInputElement).value;

/** The columns, with their sort keys. */
const columns = {
  Name: ({ GlobalReplicationGroupId }: GlobalReplicationGroup) => GlobalReplicationGroupId,
  Status: ({ Status }: GlobalReplicationGroup) => Status,
  Engine: ({ Engine, EngineVersion }: GlobalReplicationGroup) => `${Engine} ${EngineVersion}`,
  Primary: (datastore: GlobalReplicationGroup) => regionOf(primaryOf(datastore)),
  Secondaries: (datastore: GlobalReplicationGroup) => secondariesOf(datastore).map(regionOf).join(' '),
};
type SortKey = keyof typeof columns;

const regionOf = (member?: { readonly ReplicationGroupRegion?: string }): string =>
  member?.ReplicationGroupRegion ?? '';

function Table({ listed, filter, change, prefix }: Part & { readonly prefix: string | undefined }) {
  const rows = select(listed.datastores, filter);
  const pages = Math.max(1, Math.ceil(rows.length / rowsOnPage));
  const page = Math.min(filter.page, pages - 1);
  const shown = rows.slice(page * rowsOnPage, (page + 1) * rowsOnPage);
  if (listed.datastores.length === 0 && !filter.text && !filter.status && !filter.region)
    return html`<p class="empty">There are no datastores yet. Create one from a replication group.</p>`;
  return html`
    <p role="status" class="count">${count(rows.length, listed)}${prefix && ` whose names begin with ${prefix}`}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="List of datastores">
      <table class="list">
        <thead><tr>
          ${(Object.keys(columns) as SortKey[]).map((key) => html`<${ColumnHead} key=${key} name=${key} filter=${filter} change=${change} />`)}
          <th scope="col">Running operation</th>
        </tr></thead>
        <tbody>${shown.map((datastore) => html`<${Row} key=${datastore.GlobalReplicationGroupId} datastore=${datastore} listed=${listed} />`)}</tbody>
      </table>
    </div>
    ${pages > 1 && html`<${Pages} page=${page} pages=${pages} change=${change} />`}`;
}

function select(datastores: readonly GlobalReplicationGroup[], filter: Filter): GlobalReplicationGroup[] {
  const { text, status, region, sort, descending } = filter;
  const sortedBy = columns[sort];
  return datastores
    .filter(({ GlobalReplicationGroupId: id }) => id.includes(text.trim().toLowerCase()))
    .filter(({ Status }) => !status || Status === status)
    .filter((datastore) => !region || membersOf(datastore).some((member) => regionOf(member) === region))
    .sort((a, b) => sortedBy(a).localeCompare(sortedBy(b)) * (descending ? -1 : 1));
}

function count(shown: number, { datastores, more }: ListedDatastores): string {
  const all = more ? `the first ${datastores.length}` : `${datastores.length}`;
  return `${shown} of ${all} datastores`;
}

function ColumnHead({ name, filter, change }: Omit<Part, 'listed'> & { readonly name: SortKey }) {
  const isSorted = filter.sort === name;
  const order = filter.descending ? 'descending' : 'ascending';
  const mark = isSorted ? (filter.descending ? '▼' : '▲') : '';
  const sort = () => change({ sort: name, descending: isSorted && !filter.descending });
  return html`<th scope="col" aria-sort=${isSorted ? order : undefined}>
    <button type="button" class="sort" onClick=${sort}>${name} <span aria-hidden="true">${mark}</span></button></th>`;
}

function Row({ datastore, listed }: { readonly datastore: GlobalReplicationGroup; readonly listed: ListedDatastores }) {
  const { GlobalReplicationGroupId: id, Status: status, Engine, EngineVersion } = datastore;
  const operation = listed.running.get(id);
  return html`<tr>
    <th scope="row"><a href=${datastoreHref(id)}>${id}</a></th>
    <td><${Status} of=${status} /></td>
    <td>${Engine} ${EngineVersion}</td>
    <td>${regionOf(primaryOf(datastore)) || '–'}</td>
    <td>${secondariesOf(datastore).map(regionOf).join(', ') || '–'}</td>
    <td>${operation ? html`<a href=${datastoreHref(id)}>${operation.OperationId.split('_').at(-1)}</a>` : '–'}</td>
  </tr>`;
}

function Pages({
  page,
  pages,
  change,
}: {
  readonly page: number;
  readonly pages: number;
  readonly change: Part['change'];
}) {
  return html`<nav class="pages" aria-label="Pages">
    <button type="button" disabled=${page === 0} onClick=${() => change({ page: page - 1 })}>Previous</button>
    <span>Page ${page + 1} of ${pages}</span>
    <button type="button" disabled=${page === pages - 1} onClick=${() => change({ page: page + 1 })}>Next</button>
  </nav>`;
}
