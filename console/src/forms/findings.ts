import { type Findings, GlobalDatastoreError } from '@global-datastore/client';
import { html } from 'htm/preact';
import { ProblemNotice } from '../parts/problem.ts';
import { Text } from '../parts/text.ts';
import type { DryRun } from './dryRun.ts';
import { Remedies } from './remedies.ts';

type Check = Findings['Checks'][number];

/** Shows the checks and the plan of a dry run. Failures come first, and steps that cannot be undone are highlighted. */
export function FindingsPanel({ dryRun: { findings, error, isRunning } }: { readonly dryRun: DryRun }) {
  return html`
    <section class=${`findings ${isRunning ? 'stale' : ''}`} aria-label="What would happen" aria-busy=${isRunning}>
      <h3>What would happen</h3>
      <p class="verdict" role="status">${verdictOf(findings, error, isRunning)}</p>
      ${!isIncomplete(error) && html`<${ProblemNotice} error=${error} /><${Remedies} error=${error} />`}
      ${findings && html`<${Plan} steps=${findings.Plan} /><${Checks} checks=${findings.Checks} />`}
    </section>`;
}

function verdictOf(findings: Findings | undefined, error: unknown, isRunning: boolean): string {
  if (isRunning && !findings) return 'Trying the change …';
  if (error) return isIncomplete(error) ? 'The plan comes when the fields are complete.' : 'The API would refuse this.';
  const failed = findings?.Checks.filter(({ Outcome }) => Outcome === 'fail').length;
  if (failed) return `The API would refuse this: ${failed} ${failed === 1 ? 'check fails' : 'checks fail'}.`;
  const warned = findings?.Checks.filter(({ Outcome }) => Outcome === 'warn').length;
  return warned
    ? `The API would accept this, with ${warned} ${warned === 1 ? 'warning' : 'warnings'}.`
    : 'The API would accept this.';
}

/** Returns whether the API has refused the values with 400, as for a form that is not complete. */
const isIncomplete = (error: unknown): boolean => error instanceof GlobalDatastoreError && error.status === 400;

function Plan({ steps }: { readonly steps: readonly string[] }) {
  if (steps.length === 0) return null;
  return html`<ol class="plan">${steps.map((step) => html`<li key=${step} class=${stakeOf(step)}><${Text} of=${step} /></li>`)}</ol>`;
}

/** Returns the class of a step of a plan by the text of the API: `final`, `service`, or none. */
function stakeOf(step: string): string {
  if (/cannot be undone|cannot become a secondary again|(may be|are) lost/.test(step)) return 'final';
  return /takes no writes|READONLY/.test(step) ? 'service' : '';
}

const marks: Readonly<Record<string, string>> = { pass: '✓', warn: '!', fail: '✗' };

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const passed = checks.filter(({ Outcome }) => Outcome === 'pass');
  const others = checks.filter(({ Outcome }) => Outcome !== 'pass').sort((a, b) => a.Outcome.localeCompare(b.Outcome));
  return html`
    ${others.length > 0 && html`<ul class="checks">${others.map(toItem)}</ul>`}
    ${passed.length > 0 && html`<details><summary>${passed.length} checks pass</summary><ul class="checks">${passed.map(toItem)}</ul></details>`}`;
}

const toItem = ({ Id, Outcome, Detail }: Check) => html`
  <li key=${Id + Detail} class=${`check ${Outcome}`}><span class="mark" aria-hidden="true">${marks[Outcome] ?? '?'}</span>
    <span><span class="visually-hidden">${Outcome}: </span><${Text} of=${Detail} /> <code>${Id}</code></span></li>`;
