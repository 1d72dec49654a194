import type { GlobalDatastoreError } from '@global-datastore/client';
import { signal } from '@preact/signals';
import type { Session, SignedInUser } from './openIdConnect.ts';
import { rightOf } from './rights.ts';
import type { SignInConfiguration } from './signInConfiguration.ts';

/** The identity of the user of the page. */
export type Identity =
  /** Before the configuration is read. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' }
  | { readonly kind: 'local'; readonly callers: readonly string[]; readonly caller: string }
  | { readonly kind: 'signedOut'; readonly reason?: string | undefined }
  | ({ readonly kind: 'signedIn' } & SignedInUser);

export const identity = signal<Identity>({ kind: 'unknown' });

let session: Session | undefined;

/** Reads the configuration of the sign-in and the identity. The code of OpenID Connect is loaded only if it is configured. */
export async function startSession(): Promise<void> {
  const configuration = await readConfiguration();
  if (configuration.kind === 'none') identity.value = { kind: 'none' };
  if (configuration.kind === 'local') startLocally(configuration.callers);
  if (configuration.kind !== 'oidc') return;
  const { openSession } = await import('./openIdConnect.ts');
  session = await openSession(configuration, (user, reason) => {
    identity.value = user ? { kind: 'signedIn', ...user } : { kind: 'signedOut', reason };
  });
}

/** Returns the headers that name the caller to the API. */
export async function authorize(): Promise<Record<string, string>> {
  const known = identity.value;
  if (known.kind === 'local') return { 'x-local-caller': known.caller };
  const token = await session?.token();
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Selects the caller of `npm start` for every further request. */
export function chooseCaller(caller: string): void {
  const known = identity.value;
  if (known.kind !== 'local') return;
  sessionStorage.setItem(chosenCaller, caller);
  identity.value = { ...known, caller };
}

/** Opens the page of the issuer of tokens. */
export const signIn = async (): Promise<void> => session?.signIn();

export const signOut = async (): Promise<void> => session?.signOut();

const chosenCaller = 'caller';

function startLocally(callers: readonly string[]): void {
  const chosen = sessionStorage.getItem(chosenCaller) ?? '';
  const [first = ''] = callers;
  identity.value = { kind: 'local', callers, caller: callers.includes(chosen) ? chosen : first };
}

async function readConfiguration(): Promise<SignInConfiguration> {
  const response = await fetch('/console/config.json');
  return (await response.json()) as SignInConfiguration;
}

/**
 * Returns which right is missing, if a gateway has refused the request: its 401 and 403 have no code of the API. Undefined for any other
 * error.
 */
export function describeMissingRight(
  { status, problem }: GlobalDatastoreError,
  operationId?: string,
): string | undefined {
  if (![401, 403].includes(status) || problem.code) return undefined;
  const need = operationId
    ? `${operationId} needs the right ${rightOf(operationId)}.`
    : 'Reads need the right viewer, changes operator, and changes that end or move service break-glass.';
  const known = identity.value;
  if (known.kind !== 'signedIn') return `${need} This page has no sign-in.`;
  if (status === 401) return `The API did not accept the token of ${known.name}. Sign out and sign in again.`;
  return `${need} The token of ${known.name} has the scopes ${known.scopes.join(', ') || 'none'}.`;
}
