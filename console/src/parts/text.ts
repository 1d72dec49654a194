import { html } from 'htm/preact';
import { Time } from '../time.ts';

/** Shows a text of the API. Its UTC times are shown in the zone of the user. */
export function Text({ of: text }: { readonly of: string }) {
  const parts = text.split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<${Time} key=${index} at=${part} />` : part))}`;
}
