import type { Answer, Operations } from '@global-datastore/client';
import { signal } from '@preact/signals';
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { announce } from '../announce.ts';
import { changes, isLost, reach } from '../api.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { refresh } from '../poll.ts';
import { datastoreHref, evacuationHref } from '../router.ts';
import { Time } from '../time.ts';

/** A change that was sent, until its response arrives. */
export interface PendingChange {
  /** The Idempotency-Key. The API makes the change once, also if it is sent several times under this key. */
  readonly key: string;
  readonly operation: keyof Operations;
  readonly input: Readonly<Record<string, unknown>>;
  readonly ifMatch?: string | undefined;
  readonly title: string;
  readonly sentAt: string;
  /** True if the input has a password, which the browser must not store. */
  readonly isSecret: boolean;
}

const storageKey = 'pending-change';

/** The change whose response has not arrived. A reload of the page keeps it. */
export const pendingChange = signal<PendingChange | undefined>(restore());

/** True while the page sends the change. Without a response it repeats the request for a minute. */
export const isSending = signal(false);

/** Sends a change. If its response is lost, the change stays pending, to be sent again under its key. */
export async function sendChange(change: PendingChange): Promise<void> {
  store(change);
  isSending.value = true;
  const { operation, input, key, ifMatch } = change;
  try {
    const options = { idempotencyKey: key, ...(ifMatch && { ifMatch }) };
    const answer = await reach(changes.request(operation, input as never, options));
    store(undefined);
    showAccepted(change, answer);
  } catch (error) {
    if (!isLost(error)) store(undefined);
    throw error;
  } finally {
    isSending.value = false;
  }
}

/** Shows that the outcome of a change is unknown, with a button that sends the change again under the same key. */
export function PendingNotice() {
  const [error, setError] = useState<unknown>();
  const change = pendingChange.value;
  if (isSending.value) return null;
  if (!change) return html`<${ProblemNotice} error=${error} />`;
  const sendAgain = () => void sendChange(change).then(() => setError(undefined), setError);
  return html`
    <div class="notice warn" role="alert">
      <p><strong>No response to: ${change.title}</strong> (<${Time} at=${change.sentAt} />)</p>
      <p>The change may have been made. Send it again under its key: the API makes it once, and says what came of it.</p>
      <p class="buttons">
        <button type="button" onClick=${sendAgain}>Send again under its key</button>
        <button type="button" class="quiet" onClick=${() => store(undefined)}>Leave it</button>
      </p>
    </div>`;
}

function store(change: PendingChange | undefined): void {
  pendingChange.value = change;
  if (change && !change.isSecret) sessionStorage.setItem(storageKey, JSON.stringify(change));
  else sessionStorage.removeItem(storageKey);
}

function restore(): PendingChange | undefined {
  const text = sessionStorage.getItem(storageKey);
  return text ? (JSON.parse(text) as PendingChange) : undefined;
}

interface Accepted {
  readonly GlobalReplicationGroup?: { readonly GlobalReplicationGroupId: string };
  readonly Operation?: { readonly GlobalReplicationGroupId: string };
  readonly Evacuation?: { readonly EvacuationId: string };
}

/** Opens the view that shows the progress of the change. */
function showAccepted({ title, input }: PendingChange, { body, replayed }: Answer<unknown>): void {
  const { GlobalReplicationGroup, Operation, Evacuation } = body as Accepted;
  const { GlobalReplicationGroupId: id = '' } =
    GlobalReplicationGroup ?? Operation ?? (input as { GlobalReplicationGroupId?: string });
  announce(`${replayed ? 'It had been accepted' : 'Accepted'}: ${title}.`);
  location.hash = Evacuation ? evacuationHref(Evacuation.EvacuationId) : datastoreHref(id);
  refresh();
}
