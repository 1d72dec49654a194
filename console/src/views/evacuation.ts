import type { Evacuation, GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { reads } from '../api.ts';
import { readDatastores } from '../datastores.ts';
import { ChangeForm } from '../forms/changeForm.ts';
import type { DryRun } from '../forms/dryRun.ts';
import { FindingsPanel } from '../forms/findings.ts';
import type { Values } from '../forms/values.ts';
import { primaryOf } from '../members.ts';
import { Copy } from '../parts/copy.ts';
import { Fact } from '../parts/fact.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { Status } from '../parts/status.ts';
import { Text } from '../parts/text.ts';
import { Warnings } from '../parts/warnings.ts';
import { usePoll } from '../poll.ts';
import { datastoreHref, type Route } from '../router.ts';
import { Elapsed, Time } from '../time.ts';

/** Shows the evacuation of a region: the form with the dry run of each datastore, or the progress of each. */
export function EvacuationView({ route: { id, values } }: { readonly route: Route }) {
  return id
    ? html`<${Progress} key=${id} id=${id} />`
    : html`<${StartForm} key=${JSON.stringify(values)} values=${values} />`;
}

function StartForm({ values }: { readonly values: Values }) {
  const { value, error } = usePoll((signal) => readDatastores(signal), pollMs, []);
  const regions = [...new Set(value?.datastores.map(regionOfPrimary).filter(Boolean))].sort();
  return html`
    <div class="head"><h1 tabindex="-1">Evacuate a region</h1></div>
    <${ProblemNotice} error=${error} />
    <${Warnings} of=${value?.warnings} />
    <section class="panel" aria-label="Evacuation">
      <${ChangeForm} operation="startEvacuation" values=${values} headingId="evacuation-form" choices=${{ FromRegion: regions }} Outlook=${Outlook} />
    </section>`;
}

const pollMs = 10_000;

const regionOfPrimary = (datastore: GlobalReplicationGroup): string =>
  primaryOf(datastore)?.ReplicationGroupRegion ?? '';

/** Shows the dry run of each datastore whose primary is in the region. */
function Outlook({ dryRun, input }: { readonly dryRun: DryRun; readonly input: Values }) {
  const { FromRegion: Region } = input as { readonly FromRegion?: string };
  const { value, error } = usePoll(
    async (signal) => (Region ? readDatastores(signal, { Region }) : undefined),
    pollMs,
    [Region],
  );
  const concerned = value?.datastores.filter((datastore) => regionOfPrimary(datastore) === Region) ?? [];
  const { Checks = [], Plan = [] } = dryRun.findings ?? {};
  const isOf = (id: string, text: string) => text.startsWith(`${id}: `);
  const rest = (id: string, text: string) => text.slice(id.length + 2);
  const common = (text: string) => !concerned.some(({ GlobalReplicationGroupId: id }) => isOf(id, text));
  const shared = dryRun.findings && {
    ...dryRun.findings,
    Checks: Checks.filter(({ Detail }) => common(Detail)),
    Plan: Plan.filter(common),
  };
  return html`
    <div>
      <${ProblemNotice} error=${error} />
      <${FindingsPanel} dryRun=${{ ...dryRun, ...(shared && { findings: shared }) }} />
      ${concerned.length > 0 && html`<h3>${concerned.length} ${concerned.length === 1 ? 'datastore has its' : 'datastores have their'} primary in ${Region}${value?.more && ', of those that this page reads'}</h3>`}
      <ul class="evacuees">
        ${concerned.map(
          ({ GlobalReplicationGroupId: id, Status: status }) => html`
            <li key=${id}>
              <p><a href=${datastoreHref(id)}>${id}</a> <${Status} of=${status} /></p>
              ${Checks.filter(({ Detail }) => isOf(id, Detail)).map(({ Id, Outcome, Detail }) => html`<p key=${Id} class=${`check ${Outcome}`}>${rest(id, Detail)}</p>`)}
              ${Plan.filter((step) => isOf(id, step)).map((step) => html`<p key=${step} class="fact">${rest(id, step)}</p>`)}
            </li>`,
        )}
      </ul>
    </div>`;
}

function Progress({ id }: { readonly id: string }) {
  const { value, error } = usePoll<Evacuation>(
    async (signal, before) =>
      before?.EndedAt ? before : (await reads.getEvacuation({ EvacuationId: id }, { signal })).Evacuation,
    2_000,
    [id],
  );
  return html`
    <div class="head"><h1 tabindex="-1">Evacuation${value && ` of ${value.FromRegion}`}</h1>${value && html`<${Status} of=${value.Status} />`}</div>
    <${ProblemNotice} error=${error} />
    ${value && html`<${Summary} evacuation=${value} /><${Warnings} of=${value.Warnings} /><${Datastores} evacuation=${value} />`}`;
}

function Summary({ evacuation }: { readonly evacuation: Evacuation }) {
  const { Summary: counts, Datastores: all, StartedAt, EndedAt, Reason, RequestedBy, ToRegion } = evacuation;
  return html`
    <section class="panel" aria-label="Progress">
      <p role="status" class="step">${counts.Done} of ${all.length} done, ${counts.UnderWay} in progress, ${counts.Waiting} waiting, ${counts.Refused} refused</p>
      <progress max=${Math.max(1, all.length)} value=${counts.Done + counts.Refused} aria-label="Datastores that have ended"></progress>
      <dl class="facts">
        <${Fact} name="Started"><${Time} at=${StartedAt} />, ${EndedAt ? 'took' : 'for'} <${Elapsed} since=${StartedAt} until=${EndedAt} /><//>
        ${ToRegion && html`<${Fact} name="To">${ToRegion}<//>`}
        <${Fact} name="By failover">${counts.ByFailover}<//>
        <${Fact} name="By detach">${counts.ByDetach}<//>
        <${Fact} name="Reason">${Reason}<//>
        <${Fact} name="Requested by">${RequestedBy}<//>
      </dl>
    </section>`;
}

function Datastores({ evacuation: { Datastores: datastores } }: { readonly evacuation: Evacuation }) {
  return html`
    <ul class="evacuees">${datastores.map((datastore) => html`<${Evacuee} key=${datastore.GlobalReplicationGroupId} datastore=${datastore} />`)}</ul>`;
}

function Evacuee({ datastore }: { readonly datastore: Evacuation['Datastores'][number] }) {
  const { GlobalReplicationGroupId: id, Status: status, Way, Writer, Reason, CleanUp = [] } = datastore;
  const address = Writer?.Address && `${Writer.Address}:${Writer.Port}`;
  return html`
    <li>
      <p><a href=${datastoreHref(id)}>${id}</a> <${Status} of=${status} /> ${Way && Way !== 'NONE' && html`<span class="muted">by ${Way.toLowerCase()}</span>`}</p>
      ${Writer && html`<p class="address">Writes go to ${Writer.Region}: <code>${address ?? Writer.ReplicationGroupId}</code> ${address && html`<${Copy} text=${address} of=${`the writer of ${id}`} />`}</p>`}
      ${Reason && html`<p class="fact"><${Text} of=${Reason} /></p>`}
      ${CleanUp.length > 0 && html`<details><summary>Once the region is back</summary><ol class="plan">${CleanUp.map((step) => html`<li key=${step}>${step}</li>`)}</ol></details>`}
    </li>`;
}
