import type { FromSchema } from 'json-schema-to-ts';
import { Problem, type Violation } from '../problems/problem.ts';
import type { modifyMemberRequest } from '../schemas/modifyMember.ts';
import { readAuthToken } from './authToken.ts';
import { type MemberChange, planMemberChanges } from './memberChanges.ts';
import type { MemberSettings } from './memberSettings.ts';
import type { toReplicationGroup } from './replicationGroup.ts';

type Request = FromSchema<typeof modifyMemberRequest>;
type TokenState = Partial<
  Pick<ReturnType<typeof toReplicationGroup>, 'AuthTokenLastModifiedDate' | 'PendingModifiedValues'>
>;

/** Returns whether a request changes the AUTH token of a member. */
export const changesToken = ({ AuthToken, AuthTokenSecretArn, AuthTokenUpdateStrategy }: Request): boolean =>
  (AuthToken ?? AuthTokenSecretArn ?? AuthTokenUpdateStrategy) !== undefined;

/** Throws `ValidationFailed` unless a strategy has the token that it needs: one for ROTATE and SET, none for DELETE. */
export function assertValidToken(body: Request): void {
  const { AuthToken, AuthTokenSecretArn, AuthTokenUpdateStrategy = 'ROTATE' } = body;
  if (!changesToken(body)) return;
  const tokens = [AuthToken, AuthTokenSecretArn].filter((token) => token !== undefined).length;
  const detail = AuthTokenUpdateStrategy === 'DELETE' ? 'DELETE takes no token.' : needsOneToken;
  if (tokens !== (AuthTokenUpdateStrategy === 'DELETE' ? 0 : 1)) throw invalidToken(detail);
}

const needsOneToken = 'ROTATE and SET take one token: set AuthToken or AuthTokenSecretArn, not both.';

function invalidToken(detail: string): Problem {
  const errors: Violation[] = [{ pointer: '#/AuthTokenUpdateStrategy', detail }];
  return new Problem('ValidationFailed', detail, { errors });
}

/** Returns the calls as `planMemberChanges` does, with the change of the AUTH token. The token itself is not in it. */
export function planWithToken(body: Request, actual: MemberSettings): MemberChange[] {
  const changes = planMemberChanges(body, actual);
  if (!changesToken(body)) return changes;
  const { AuthTokenUpdateStrategy = 'ROTATE' } = body;
  const settings = changes.find(({ Action }) => Action === 'ModifyReplicationGroup');
  return [
    {
      Action: 'ModifyReplicationGroup',
      Input: {
        ApplyImmediately: true,
        ...settings?.Input,
        ReplicationGroupId: actual.ReplicationGroupId,
        AuthTokenUpdateStrategy,
      },
      Differences: [
        { Setting: 'the AUTH token', From: 'the present one', To: after[AuthTokenUpdateStrategy] },
        ...(settings?.Differences ?? []),
      ],
      After: settings?.After ?? {},
    },
  ];
}

const after = {
  ROTATE: 'the present and the new one',
  SET: 'the new one only',
  DELETE: 'none, for users of a user group',
} as const;

/** Returns a change with the AUTH token that a request contains, or whose secret it names. Throws as `readAuthToken`. */
export async function withRequestedToken(
  signal: AbortSignal,
  { AuthToken, AuthTokenSecretArn }: Request,
  change: MemberChange,
): Promise<MemberChange> {
  if (change.Action !== 'ModifyReplicationGroup') return change;
  const secret = AuthTokenSecretArn === undefined ? { AuthToken } : await readAuthToken(signal, AuthTokenSecretArn);
  return { ...change, Input: { ...change.Input, AuthToken: secret.AuthToken } };
}

/** Returns whether the AUTH token has been modified since, or is being modified. */
export const isTokenChanged = (now: TokenState, before: Pick<TokenState, 'AuthTokenLastModifiedDate'>): boolean =>
  now.PendingModifiedValues?.AuthTokenStatus !== undefined ||
  now.AuthTokenLastModifiedDate !== before.AuthTokenLastModifiedDate;
