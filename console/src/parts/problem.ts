import { GlobalDatastoreError } from '@global-datastore/client';
import { html } from 'htm/preact';
import { isLost } from '../api.ts';
import { route } from '../router.ts';
import { describeMissingRight } from '../signIn.ts';
import { Text } from './text.ts';

/** Shows a refusal or a failure of the API. A lost connection is shown at the top of the page. */
export function ProblemNotice({ error }: { readonly error: unknown }) {
  if (!error || isLost(error)) return null;
  const { title, message, code } = describeError(error);
  return html`<div class="notice bad"><p><strong>${title}</strong></p><p><${Text} of=${message} /></p>${code && html`<p class="code">${code}</p>`}</div>`;
}

/** Returns the texts of an error, of the API or of the page. The missing right is that of the form, if one is open. */
export function describeError(error: unknown): { title: string; message: string; code?: string } {
  const missing = error instanceof GlobalDatastoreError && describeMissingRight(error, route.value.form);
  if (missing) return { title: 'A right is missing', message: missing };
  if (error instanceof GlobalDatastoreError)
    return { title: error.problem.title ?? 'The request failed', message: error.message, code: error.code };
  return { title: 'The page failed', message: `${error}` };
}
