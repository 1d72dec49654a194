import { describeMember } from '../datastores/describeMember.ts';
import { formatMembers } from '../datastores/globalDatastore.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { describeMemberChange, type MemberChange, planMemberChanges } from '../datastores/memberChanges.ts';
import type { MemberSettings } from '../datastores/memberSettings.ts';
import { findMember } from '../datastores/members.ts';
import { assertValidToken, planWithToken } from '../datastores/memberToken.ts';
import { type Check, checkRule, failedChecks } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { modifyMember } from '../schemas/modifyMember.ts';
import { checkExists } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkChangeable, checkMemberAfter } from './existingMemberChecks.ts';
import { checkTokenChange } from './memberTokenChecks.ts';
import { checkZonesInRegion } from './placementChecks.ts';

type Request = ApiRequest<typeof modifyMember>;

/** Checks that the member can get these settings. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  assertValidToken(body);
  const { ReplicationGroupRegion: region, ReplicationGroupId: id } = path;
  const [{ group, exists }, member] = await Promise.all([
    checkExists(signal, path.GlobalReplicationGroupId),
    lookup(describeMember(signal, region, id, body)),
  ]);
  if (!group) return { Checks: [exists], Plan: [] };
  const isMember = checkRule('is-member', findMember(group, path) !== undefined, {
    pass: `${region}/${id} is a member.`,
    fail: `${region}/${id} is not a member. Members are ${formatMembers(group)}.`,
  });
  if (isMember.Outcome === 'fail') return { Checks: [exists, isMember], Plan: [] };
  const { Settings: settings, ReplicationGroup } = foundValue(member) ?? {};
  const readable = checkRule('settings-readable', settings && true, {
    pass: 'The settings of the member were read.',
    fail: '',
    unknown: 'The settings of the member could not be read.',
  });
  if (!settings) return { Checks: [exists, isMember, readable], Plan: [] };
  const changes = planWithToken(body, settings);
  const tokenChecks = await checkTokenChange(signal, body, settings, ReplicationGroup?.AuthTokenEnabled);
  return {
    Checks: [
      exists,
      isMember,
      readable,
      ...checkMemberChange(body, settings, changes),
      ...checkZonesInRegion({ ...body, ReplicationGroupRegion: region }, '#'),
      ...tokenChecks,
    ],
    Plan: describeChanges(region, settings, changes),
    ChangesNothing: changes.length === 0 && failedChecks(checkCallable(body, settings)).length === 0,
  };
}

/** Checks the settings that this API refuses itself, because AWS has no call for them. */
export const checkCallable = (body: Request['body'], settings: MemberSettings): Check[] => [
  ...checkChangeable(body, settings),
  checkOneCall(planMemberChanges(body, settings)),
];

const checkMemberChange = (
  body: Request['body'],
  settings: MemberSettings,
  changes: readonly MemberChange[],
): Check[] => [
  checkRule('member-available', settings.Status === 'available', {
    pass: 'The member is available.',
    fail: `The member is ${settings.Status}. Wait until it is available.`,
  }),
  ...checkCallable(body, settings),
  ...checkMemberAfter(settings, changes),
];

/** Checks that one call of AWS makes the change: one adds replicas, and another one removes them. */
const checkOneCall = (changes: readonly MemberChange[]): Check =>
  checkRule(
    'one-call',
    changes.length <= 1,
    {
      pass: 'One call of AWS makes the change.',
      fail: 'Some node groups would get more nodes and others fewer. AWS takes one direction a call. Send two, one after the other.',
    },
    '#/NodeGroupConfiguration',
  );

function describeChanges(region: string, { ReplicationGroupId }: MemberSettings, changes: readonly MemberChange[]) {
  if (changes.length === 0) return ['Nothing to do. The member has these settings.'];
  return changes.map((change) => describeMemberChange(region, ReplicationGroupId, change));
}
