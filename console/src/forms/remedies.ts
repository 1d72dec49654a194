import { GlobalDatastoreError, type Problem } from '@global-datastore/client';
import { html } from 'htm/preact';
import { contract, findOperation, summaryOf } from '../contract.ts';
import { datastoreHref, evacuationHref, listHref } from '../router.ts';

type Remedy = NonNullable<Problem['remedies']>[number];

/** Shows the remedies of a problem as buttons. A change opens the form that it names, filled in; a read opens the view. */
export function Remedies({ error }: { readonly error: unknown }) {
  const { remedies = [] } = error instanceof GlobalDatastoreError ? error.problem : {};
  if (remedies.length === 0) return null;
  return html`<ul class="remedies" aria-label="What helps">${remedies.map((remedy) => html`<${RemedyItem} key=${remedy.method + remedy.href} remedy=${remedy} />`)}</ul>`;
}

function RemedyItem({ remedy }: { readonly remedy: Remedy }) {
  const { method, href, detail } = remedy;
  const found = contract.value && findOperation(contract.value, method, href);
  const route = found && hrefOf(found.operationId, { ...found.values, ...remedy.body }, method);
  const text = found ? labelOf(found.operationId) : `${method} ${href}`;
  return html`<li>${route ? html`<a class="button small" href=${route}>${text}</a>` : html`<code>${text}</code>`} ${detail ?? placeOf(href)}</li>`;
}

function labelOf(operationId: string): string {
  const document = contract.value;
  if (!document) return operationId;
  for (const [path, operations] of Object.entries(document.paths))
    for (const [verb, operation] of Object.entries(operations))
      if (operation.operationId === operationId) return summaryOf(document, `${verb.toUpperCase()} ${path}`);
  return operationId;
}

/** Returns the subject of a path, such as the member to detach. */
const placeOf = (href: string): string => decodeURIComponent(href.split('/').slice(2).join('/'));

/** Returns the link to the form of a change, or to the view of the resource of a read. */
function hrefOf(operationId: string, values: Readonly<Record<string, unknown>>, method: string): string {
  const { GlobalReplicationGroupId, OperationId, EvacuationId, ...others } = values as Record<string, string>;
  const id = GlobalReplicationGroupId ?? OperationId?.split('_')[0];
  if (method === 'GET') return EvacuationId ? evacuationHref(EvacuationId) : id ? datastoreHref(id) : listHref();
  const input = { ...others, ...(OperationId && { OperationId }) };
  if (operationId === 'startEvacuation') return evacuationHref('', input);
  return id ? datastoreHref(id, operationId, input) : listHref(operationId, input);
}
