import { createHash } from 'node:crypto';
import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { invalidCombination, invalidValue } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { StoredReplicationGroup } from '../state/types.ts';

type Input = ModifyReplicationGroupMessage;
type AuthSettings = Pick<StoredReplicationGroup, 'authTokens' | 'authTokenEnabled' | 'authTokenLastModified'>;

/**
 * Asserts 16 to 128 letters, digits or characters of `!&#$^<>-` (ElastiCache user guide, AUTH).
 * The text was seen on AWS. unverified: for which tokens.
 */
export function assertAuthToken(token: string | undefined): void {
  if (token !== undefined && !/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token))
    throw invalidValue('Invalid AuthToken provided.');
}

/** Asserts encryption in transit for a token. Text seen on AWS. */
export function assertTokenEncrypted({ transitEncryption }: { transitEncryption: boolean }): void {
  if (!transitEncryption)
    throw invalidCombination('The AUTH token is only supported when encryption-in-transit is enabled');
}

/** Returns the digest and the date of the token of a new group, if it has one. */
export function firstTokenOf({ AuthToken }: { AuthToken?: string | undefined }): Partial<AuthSettings> {
  if (AuthToken === undefined) return {};
  return { authTokens: [computeDigest(AuthToken)], authTokenLastModified: new Date().toISOString() };
}

/** Returns the strategy of a modification, or undefined if it does not concern AUTH. */
export function strategyOf({ AuthToken, AuthTokenUpdateStrategy: strategy }: Input): Input['AuthTokenUpdateStrategy'] {
  return strategy ?? (AuthToken === undefined ? undefined : 'ROTATE');
}

/**
 * Returns the AUTH settings after a modification (ElastiCache user guide, modifying the AUTH token). ROTATE adds a token and
 * keeps the previous one, or the access without a token. SET makes the last token the only one. DELETE leads to user groups.
 * @throws Fault for the first violated rule
 */
export function readNewAuth(group: StoredReplicationGroup, input: Input): Partial<AuthSettings> {
  const strategy = strategyOf(input);
  assertNoUserGroups(group, input, strategy);
  if (strategy === undefined) return {};
  const authTokens = strategy === 'DELETE' ? readDeletion(group, input) : readToken(group, input, strategy);
  return { authTokens, authTokenEnabled: strategy !== 'DELETE', authTokenLastModified: nextDateOf(group) };
}

/** Text and code seen in terraform-provider-aws#31710. unverified: a token for a group with user groups. */
function assertNoUserGroups(group: StoredReplicationGroup, input: Input, strategy: string | undefined): void {
  if (input.UserGroupIdsToAdd?.length && strategy !== 'DELETE' && (strategy ?? group.authTokenEnabled))
    throw invalidCombination(
      "User group can't be associated with auth token enabled. Pass AuthStrategy delete to proceed",
    );
  if (strategy && strategy !== 'DELETE' && group.userGroupIds.length > 0 && !input.RemoveUserGroups)
    throw invalidCombination('AuthToken can only be given with RemoveUserGroups while there is a user group.');
}

/** Text and code of a group without a token seen in provider-upjet-aws#1370. unverified: the same without user groups. */
function readDeletion(group: StoredReplicationGroup, { UserGroupIdsToAdd: added = [] }: Input): string[] {
  if (!group.authTokenEnabled || added.length + group.userGroupIds.length === 0)
    throw invalidValue('Auth token update strategy delete is not supported currently');
  return [WITHOUT_TOKEN];
}

function readToken(group: StoredReplicationGroup, { AuthToken }: Input, strategy: 'ROTATE' | 'SET'): string[] {
  if (AuthToken === undefined) throw invalidCombination('AuthTokenUpdateStrategy can only be given with AuthToken.'); // unverified
  assertTokenEncrypted(group);
  const tokens = tokensOf(group);
  const token = computeDigest(AuthToken);
  if (strategy === 'ROTATE') return [...tokens, token].slice(-2);
  if (tokens.length < 2) throw invalidCombination('AuthTokenUpdateStrategy SET is allowed only after ROTATE.'); // unverified
  if (tokens.at(-1) !== token) throw invalidValue('Invalid AuthToken provided.'); // unverified
  return [token];
}

/**
 * Returns the digests of the tokens that a group accepts. An empty one means access without a token. A secondary that was created
 * without a token has those of another member. Empty if no member has them any more.
 */
export function validDigestsOf(store: Store, group: StoredReplicationGroup): string[] {
  const datastore = store.accountState.globalGroups[group.globalId ?? ''];
  const members = datastore?.members.map(({ id, region }) => store.viewFrom(region).findReplicationGroup(id)) ?? [];
  const given = members.map((member) => tokensOf(member ?? group)).find((tokens) => !tokens.includes(INHERITED));
  return tokensOf(group).flatMap((token) => (token === INHERITED ? (given ?? []) : token));
}

/** In place of a digest: clients can connect without a token. */
const WITHOUT_TOKEN = '';
/** In place of a digest: a secondary was created without the token that it inherits. */
const INHERITED = 'inherited';

/** Returns the digests of the tokens that clients can connect with, oldest first. The state stores no token. */
function tokensOf({ authTokens, authTokenEnabled }: AuthSettings): string[] {
  return authTokens ?? [authTokenEnabled ? INHERITED : WITHOUT_TOKEN];
}

function computeDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Returns the present, but never the date of the previous change. */
function nextDateOf({ authTokenLastModified: previous }: AuthSettings): string {
  return new Date(Math.max(Date.now(), previous ? Date.parse(previous) + 1 : 0)).toISOString();
}
