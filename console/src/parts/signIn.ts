import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { refresh } from '../poll.ts';
import { chooseCaller, identity, signIn, signOut, startSession } from '../signIn.ts';

/** Shows the page, after a sign-in if one is configured. */
export function SignInGate({ children }: { readonly children?: ComponentChildren }) {
  const [failure, setFailure] = useState<string>();
  useEffect(() => void startSession().catch((error: Error) => setFailure(error.message)), []);
  const known = identity.value;
  if (failure)
    return html`<main><h1>Global datastores</h1><p role="alert" class="notice bad">The page cannot find out how to sign in: ${failure}. Load it again.</p></main>`;
  if (known.kind === 'unknown') return null;
  return known.kind === 'signedOut' ? html`<${SignInView} reason=${known.reason} />` : children;
}

function SignInView({ reason }: { readonly reason?: string }) {
  const [failure, setFailure] = useState(reason);
  const start = () =>
    signIn().catch((error: Error) => setFailure(`The issuer of tokens does not respond: ${error.message}.`));
  useEffect(() => setFailure(reason), [reason]);
  return html`<main id="main" class="sign-in">
    <h1>Global datastores</h1>
    <p role="alert">${failure && html`<span class="notice bad">${failure}</span>`}</p>
    <button type="button" class="primary" onClick=${start}>Sign in</button>
    <p><a href="/docs">Reference of the API</a></p>
  </main>`;
}

/** Shows the identity of the user: a menu of the local callers, or the name with the button for the sign-out. */
export function IdentityMenu() {
  const known = identity.value;
  if (known.kind === 'local')
    return html`<label class="identity">Caller
      <select value=${known.caller} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${known.callers.map((caller) => html`<option key=${caller} value=${caller}>${shortNameOf(caller)}</option>`)}
      </select>
    </label>`;
  if (known.kind === 'signedIn')
    return html`<span class="identity">${known.name} <button type="button" class="quiet" onClick=${() => void signOut()}>Sign out</button></span>`;
  return null;
}

function choose(caller: string): void {
  chooseCaller(caller);
  refresh();
}

/** Returns the part of an ARN that distinguishes callers. */
const shortNameOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
