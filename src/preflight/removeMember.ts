import { type GlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import { findMember } from '../datastores/members.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { removeMember } from '../schemas/removeMember.ts';
import { checkExists, checkIsMember, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

type Request = ApiRequest<typeof removeMember>;

/** Checks that the member can be detached. */
export async function preflight({ path, signal }: Request): Promise<DryRunResult> {
  const { GlobalReplicationGroupId: id, ReplicationGroupRegion, ReplicationGroupId } = path;
  const { group, exists } = await checkExists(signal, id);
  return {
    Checks: [exists, ...(group ? checkMember(group, path) : [])],
    Plan: [
      `Detach ${ReplicationGroupRegion}/${ReplicationGroupId} (DisassociateGlobalReplicationGroup). It remains as a standalone replication group and continues to incur cost. It cannot become a secondary again.`,
    ],
  };
}

function checkMember(group: GlobalDatastore, path: Request['path']): Check[] {
  const member = findMember(group, path);
  const checks = [checkStatus(group, STABLE_STATUSES), checkIsMember(group, path)];
  if (!member) return checks;
  const isSecondary = checkRule('member-is-secondary', member.Role !== 'PRIMARY', {
    pass: 'The member is a secondary.',
    fail: `The member is the primary, which cannot be detached. ${describeAlternative(group)}`,
  });
  return [...checks, isSecondary];
}

/** Returns the request that promotes another member, or the one that deletes a datastore with no other member. */
function describeAlternative(group: GlobalDatastore): string {
  const [secondary] = secondariesOf(group);
  const home = `/global-datastores/${group.GlobalReplicationGroupId}`;
  if (!secondary) return `It is the only member: DELETE ${home} deletes the datastore and keeps the group.`;
  const body = JSON.stringify({ PrimaryRegion: secondary.ReplicationGroupRegion });
  return `Make another member the primary first: POST ${home}/failover with ${body}.`;
}
