import type { Operations } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { reads } from '../api.ts';
import { usePoll } from '../poll.ts';
import { Copy } from './copy.ts';
import { ProblemNotice } from './problem.ts';
import { Warnings } from './warnings.ts';

type Connection = Operations['getConnection']['output'];

/** Shows the addresses for clients, with code that handles a failover. They are read when the section is opened. */
export function ConnectionSection({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details class="panel" onToggle=${(event: Event) => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary><h2>Connect a client</h2></summary>
      ${isOpen && html`<${Snippets} id=${id} />`}
    </details>`;
}

function Snippets({ id }: { readonly id: string }) {
  const { value, error } = usePoll(
    (signal) => reads.getConnection({ GlobalReplicationGroupId: id }, { signal }),
    60_000,
    [id],
  );
  return html`
    <${ProblemNotice} error=${error} />
    <${Warnings} of=${value?.Warnings} />
    ${value && html`<${Writer} connection=${value} />`}
    ${value?.Snippets.map(
      ({ Client, Code }) => html`
        <article key=${Client} class="snippet">
          <header><h3>${Client}</h3><${Copy} text=${Code} of=${`the code for ${Client}`} /></header>
          <pre tabindex="0" role="region" aria-label=${`Code for ${Client}`}>${Code}</pre>
        </article>`,
    )}`;
}

function Writer({
  connection: { Writer: writer, TransitEncryptionEnabled, AuthTokenEnabled },
}: {
  readonly connection: Connection;
}) {
  const needs = [TransitEncryptionEnabled && 'TLS', AuthTokenEnabled && 'a password'].filter(Boolean);
  return html`<p>Writes go to ${writer ? html`<code>${writer.Address}:${writer.Port}</code> in ${writer.Region}` : 'an address that could not be read'}.
    ${needs.length > 0 && ` Clients need ${needs.join(' and ')}.`} The code looks for the new primary after a failover.</p>`;
}
