import { useSignalEffect } from '@preact/signals';
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce, announcement } from './announce.ts';
import { unreachableSince } from './api.ts';
import { FormDialog } from './forms/dialog.ts';
import { PendingNotice } from './forms/pendingChange.ts';
import { IdentityMenu } from './parts/signIn.ts';
import { evacuationHref, listHref, route } from './router.ts';
import { isUtc, switchZone, Time } from './time.ts';
import { DatastoreView, type TaggedDatastore } from './views/datastore.ts';
import { EvacuationView } from './views/evacuation.ts';
import { ListView } from './views/list.ts';

/** Shows the page: its header, the view of the route, and the announcements. */
export function App() {
  const { view, id, form } = route.value;
  useNewView(`${view} ${id}`, id);
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to the content</a>
    <${Header} />
    <${NetworkNotice} />
    <main id="main" tabindex="-1">${!form && html`<${PendingNotice} />`}<${View} /></main>
    <div class="announcement" role="status" aria-live="polite">${announcement.value}</div>`;
}

/** Shows the view of the route, and the form over it. A form of a datastore is shown after the datastore is read. */
function View() {
  const [found, setFound] = useState<TaggedDatastore>();
  const { view, id = '', form, values } = route.value;
  const isFound = found?.datastore.GlobalReplicationGroupId === id;
  const isReady = form && (view !== 'datastore' || isFound);
  return html`
    ${view === 'datastore' && html`<${DatastoreView} key=${id} id=${id} seen=${setFound} />`}
    ${view === 'evacuation' && html`<${EvacuationView} route=${route.value} />`}
    ${view === 'list' && html`<${ListView} />`}
    ${isReady && html`<${FormDialog} key=${form + JSON.stringify(values)} route=${route.value} found=${isFound ? found : undefined} />`}`;
}

function Header() {
  return html`
    <header class="bar">
      <a class="brand" href=${listHref()}>Global datastores</a>
      <nav aria-label="Main">
        <a href=${listHref()} aria-current=${route.value.view === 'list' ? 'page' : undefined}>Datastores</a>
        <a href=${evacuationHref()} aria-current=${route.value.view === 'evacuation' ? 'page' : undefined}>Evacuation</a>
        <a href="/docs">Reference</a>
      </nav>
      <${IdentityMenu} />
      <button type="button" class="quiet" aria-pressed=${isUtc.value} onClick=${switchZone}>Times in UTC</button>
    </header>`;
}

/** Shows that the API does not respond, and announces that it responds again. */
function NetworkNotice() {
  useSignalEffect(() => {
    if (unreachableSince.value === undefined) return undefined;
    return () => announce('The API responds again.');
  });
  const since = unreachableSince.value;
  return html`<div role="alert">
    ${
      since !== undefined &&
      html`<p class="notice bad">The API has not responded since <${Time} at=${since} />. What this page shows may be old. It tries again.</p>`
    }
  </div>`;
}

/** Sets the title of the document by its view, and moves the focus to the heading of a new view. */
function useNewView(key: string, id: string | undefined): void {
  const shown = useRef(key);
  useEffect(() => {
    document.title = id ? `${id} – Global datastores` : 'Global datastores';
    if (shown.current !== key) document.querySelector<HTMLElement>('h1')?.focus();
    shown.current = key;
  }, [key]);
}

function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
