import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { OpenIdConnect } from './signInConfiguration.ts';

/** A user with a token. */
export interface SignedInUser {
  readonly name: string;
  readonly scopes: readonly string[];
}

/** Called with the signed-in user, or with the reason for the end of the sign-in. */
export type OnUser = (user: SignedInUser | undefined, reason?: string) => void;

/** A session with an issuer of tokens. */
export interface Session {
  /** Returns a token that has not expired, or undefined without a sign-in. */
  token(): Promise<string | undefined>;
  /** Opens the page of the issuer, which redirects back to the same view. */
  signIn(): Promise<void>;
  signOut(): Promise<void>;
}

/**
 * Opens a session: the authorization code flow with PKCE (RFC 7636). It completes a sign-in whose response is in the address.
 * The tokens are in sessionStorage, and a refresh token renews them a minute before they expire.
 */
export async function openSession(configuration: OpenIdConnect, onUser: OnUser): Promise<Session> {
  const manager = new UserManager(settingsOf(configuration));
  manager.events.addUserLoaded((user) => onUser(toSignedIn(user)));
  manager.events.addAccessTokenExpiring(() => void renew(manager));
  manager.events.addAccessTokenExpired(() => void renew(manager).then((user) => user ?? end(manager, onUser)));
  const failure = await endSignIn(manager);
  const user = await findValidUser(manager);
  onUser(user && toSignedIn(user), failure);
  return {
    token: async () => (await findValidUser(manager))?.access_token ?? end(manager, onUser),
    signIn: () => manager.signinRedirect({ state: location.hash }),
    signOut: () => signOut(manager, onUser),
  };
}

const settingsOf = ({ authority, clientId, scope, parameters = {} }: OpenIdConnect) => ({
  authority,
  client_id: clientId,
  scope,
  extraQueryParams: { ...parameters },
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/`,
  stateStore: new WebStorageStateStore({ store: sessionStorage }),
  userStore: new WebStorageStateStore({ store: sessionStorage }),
  automaticSilentRenew: false, // it renews in a frame of the issuer, too, which the Content Security Policy excludes
});

/**
 * Completes a sign-in with the response of the issuer in the address, and restores its view. Returns the reason of a failure.
 */
async function endSignIn(manager: UserManager): Promise<string | undefined> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state') || !(answer.has('code') || answer.has('error'))) return undefined;
  const address = location.href;
  history.replaceState(null, '', location.pathname);
  try {
    const user = await manager.signinCallback(address);
    if (typeof user?.state === 'string' && user.state) location.replace(user.state);
    return undefined;
  } catch (error) {
    return `The sign-in failed: ${(error as Error).message}.`;
  }
}

/** Returns the user with a token that has not expired. An expired token is renewed first. */
async function findValidUser(manager: UserManager): Promise<User | undefined> {
  const user = await manager.getUser();
  return user?.expired ? renew(manager) : (user ?? undefined);
}

let renewal: Promise<User | undefined> | undefined;

/** Renews the token with the refresh token, once at a time. Returns undefined if there is none or the issuer refuses it. */
function renew(manager: UserManager): Promise<User | undefined> {
  renewal ??= renewOnce(manager).finally(() => (renewal = undefined));
  return renewal;
}

async function renewOnce(manager: UserManager): Promise<User | undefined> {
  const user = await manager.getUser();
  if (!user?.refresh_token) return undefined;
  return (await manager.signinSilent().catch(() => null)) ?? undefined;
}

/** Ends a session whose token has expired. */
async function end(manager: UserManager, onUser: OnUser): Promise<undefined> {
  if (await manager.getUser()) onUser(undefined, 'The sign-in has ended.');
  await manager.removeUser();
}

/** Signs out, also at the issuer if it has an endpoint for it. */
async function signOut(manager: UserManager, onUser: OnUser): Promise<void> {
  const address = await manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
  if (address) return manager.signoutRedirect();
  await manager.removeUser();
  onUser(undefined);
}

const toSignedIn = ({ profile, scopes }: User): SignedInUser => ({
  name: String(profile.email ?? profile.preferred_username ?? profile.name ?? profile.sub),
  scopes,
});
