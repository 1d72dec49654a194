import type { Operations } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { route as currentRoute, hrefBehindForm, type Route } from '../router.ts';
import type { TaggedDatastore } from '../views/datastore.ts';
import { ChangeForm } from './changeForm.ts';

/** Shows the form of the route over the view. The browser keeps the focus in it, and restores the focus after it. */
export function FormDialog({ route, found }: { readonly route: Route; readonly found: TaggedDatastore | undefined }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    current?.focus(); // not the button that closes it, which comes first
    return () => current?.close();
  }, []);
  const close = () => {
    if (currentRoute.value === route) location.hash = hrefBehindForm(route);
  };
  return html`
    <dialog ref=${dialog} tabindex="-1" aria-labelledby="form-heading" onClose=${close}>
      <button type="button" class="quiet close-form" onClick=${() => dialog.current?.close()}>Close</button>
      <${ChangeForm} operation=${route.form as keyof Operations} values=${route.values} headingId="form-heading"
        datastore=${found?.datastore} etag=${found?.etag} />
    </dialog>`;
}
