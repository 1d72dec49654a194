import type { Operation } from '@global-datastore/client';
import { html } from 'htm/preact';
import { datastoreHref, evacuationHref } from '../router.ts';
import { Elapsed, Time } from '../time.ts';
import { Fact } from './fact.ts';
import { Status } from './status.ts';
import { Text } from './text.ts';

/** Shows an operation: its step, its duration, its last refusal, and its remaining steps. A running one can be cancelled. */
export function OperationPanel({ operation }: { readonly operation: Operation }) {
  const {
    OperationId,
    GlobalReplicationGroupId: id,
    Kind,
    Status: status,
    StartedAt,
    EndedAt,
    EvacuationId,
  } = operation;
  const isRunning = status === 'RUNNING' && !EndedAt;
  return html`
    <section class=${`panel operation ${isRunning ? 'running' : ''}`} aria-label="Operation">
      <header>
        <h2>${isRunning ? 'Operation in progress' : 'Last operation'}: ${kindOf(Kind)}</h2>
        <${Status} of=${status} />
        ${isRunning && html`<a class="button small danger" href=${datastoreHref(id, 'cancelOperation', { OperationId })}>Cancel the operation</a>`}
      </header>
      <div aria-live="polite">${isRunning ? html`<p class="step"><${Text} of=${operation.Step ?? 'Starts'} /></p>` : html`<${End} operation=${operation} />`}</div>
      <dl class="facts">
        <${Fact} name=${isRunning ? 'Running for' : 'Took'}><${Elapsed} since=${StartedAt} until=${EndedAt} /><//>
        ${isRunning && operation.Since && html`<${Fact} name="This step"><${Elapsed} since=${operation.Since} />, ${operation.Attempts ?? 1} ${operation.Attempts === 1 ? 'look' : 'looks'}<//>`}
        ${isRunning && operation.RequestedBy && html`<${Fact} name="Requested by">${operation.RequestedBy}<//>`}
        ${isRunning && html`<${Fact} name="Id"><code>${OperationId}</code><//>`}
        ${EvacuationId && html`<${Fact} name="Part of"><a href=${evacuationHref(EvacuationId)}>${EvacuationId}</a><//>`}
      </dl>
      <${Refusal} operation=${operation} />
      <${Remaining} steps=${isRunning ? operation.Remaining : []} />
      <${Left} operation=${operation} />
    </section>`;
}

const kindOf = (kind: string): string => kind.toLowerCase().replaceAll('_', ' ').replace('auth', 'AUTH');

function End({ operation: { Reason, Advice, EndedAt } }: { readonly operation: Operation }) {
  return html`
    <p><${Text} of=${Reason ?? 'It has reached its goal.'} /> ${EndedAt && html`<${Time} at=${EndedAt} />`}</p>
    ${Advice && html`<p><strong>${Advice}</strong></p>`}`;
}

function Refusal({ operation: { LastRefusal: refusal } }: { readonly operation: Operation }) {
  if (!refusal) return null;
  const { At, Code, Detail, Region } = refusal;
  return html`<div class="notice warn"><p><strong>Last refusal</strong>, <${Time} at=${At} />${Region && ` in ${Region}`}: <${Text} of=${Detail} /></p><p class="code">${Code}</p></div>`;
}

function Remaining({ steps = [] }: { readonly steps?: readonly string[] | undefined }) {
  if (steps.length === 0) return null;
  return html`<h3>What remains</h3><ol class="plan">${steps.map((step) => html`<li key=${step}><${Text} of=${step} /></li>`)}</ol>`;
}

/** Shows the resources that the operation left, which incur costs, and the figures of a drill. */
function Left({ operation: { Result: result } }: { readonly operation: Operation }) {
  const { Standalone = [], ParameterGroups = [], RtoSeconds, ReturnRtoSeconds } = result ?? {};
  return html`
    ${RtoSeconds !== undefined && html`<p>The failover took ${RtoSeconds} s${ReturnRtoSeconds !== undefined && `, the way back ${ReturnRtoSeconds} s`}.</p>`}
    ${
      Standalone.length + ParameterGroups.length > 0 &&
      html`<h3>What remains and costs money</h3><ul>
        ${Standalone.map(({ ReplicationGroupRegion: region, ReplicationGroupId: id }) => html`<li key=${id}>Replication group ${id} in ${region}</li>`)}
        ${ParameterGroups.map(({ CacheParameterGroupName: name, Region }) => html`<li key=${name}>Parameter group ${name} in ${Region}</li>`)}
      </ul>`
    }`;
}
