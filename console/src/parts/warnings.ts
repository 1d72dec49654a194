import type { Warning } from '@global-datastore/client';
import { html } from 'htm/preact';

/** Shows the regions that did not respond, and the data that is missing. */
export function Warnings({ of: warnings = [] }: { readonly of?: readonly Warning[] | undefined }) {
  if (warnings.length === 0) return null;
  return html`<div class="notice warn" role="status">
    <p><strong>Not all of it is here.</strong></p>
    <ul>${warnings.map(({ Region, Detail }) => html`<li key=${Region}><b>${Region}</b>: ${Detail}</li>`)}</ul>
  </div>`;
}
