import type { FromSchema } from 'json-schema-to-ts';
import type { MemberSettings } from '../datastores/memberSettings.ts';
import { changesToken } from '../datastores/memberToken.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { modifyMemberRequest } from '../schemas/modifyMember.ts';
import { checkAuthTokenSecret } from './authTokenSecret.ts';

type Request = FromSchema<typeof modifyMemberRequest>;

/** Checks the change of the AUTH token of a member, if a request has one (ElastiCache user guide, AUTH). */
export async function checkTokenChange(
  signal: AbortSignal,
  body: Request,
  settings: MemberSettings,
  AuthTokenEnabled: boolean | undefined,
): Promise<Check[]> {
  if (!changesToken(body)) return [];
  const { AuthTokenUpdateStrategy = 'ROTATE', AuthTokenSecretArn } = body;
  const pointer = '#/AuthTokenUpdateStrategy';
  return [
    checkRule('transit-encryption', settings.TransitEncryptionEnabled, {
      pass: 'Encryption in transit is enabled.',
      fail: 'Encryption in transit is disabled. Only a member that uses it can have an AUTH token.',
    }),
    checkRule('auth-token', AuthTokenEnabled ?? false, {
      pass: 'The member has an AUTH token.',
      fail: 'The member has no AUTH token. One cannot be added to a single member.', // unverified
    }),
    ...(AuthTokenUpdateStrategy === 'DELETE' ? [checkUserGroup(body, settings)] : [checkNoUserGroup(body, settings)]),
    ...(AuthTokenUpdateStrategy === 'SET' ? [checkTokenRotated(pointer)] : []),
    ...(await checkAuthTokenSecret(signal, AuthTokenSecretArn, '#')),
  ];
}

const checkUserGroup = ({ UserGroupIds = [] }: Request, settings: MemberSettings): Check =>
  checkRule(
    'user-group-for-delete',
    UserGroupIds.length + (settings.UserGroupIds?.length ?? 0) > 0,
    {
      pass: 'The member has a user group afterwards.',
      fail: 'AWS deletes an AUTH token only in favour of a user group. Add UserGroupIds.',
    },
    '#/UserGroupIds',
  );

/** unverified: a token for a member that has a user group. */
const checkNoUserGroup = ({ UserGroupIds }: Request, settings: MemberSettings): Check =>
  checkRule(
    'no-user-group',
    (UserGroupIds ?? settings.UserGroupIds ?? []).length === 0,
    {
      pass: 'The member has no user group.',
      fail: 'A member has an AUTH token or a user group, not both.',
    },
    '#/UserGroupIds',
  );

/**
 * Warns that AWS accepts SET only for the last token that a ROTATE has added (ElastiCache user guide), which it does not show.
 */
export const checkTokenRotated = (pointer: string): Check =>
  checkRule(
    'token-rotated',
    undefined,
    {
      pass: '',
      fail: '',
      unknown: 'AWS takes SET only after a ROTATE to the same token in each member, and does not show whether it was.',
    },
    pointer,
  );
