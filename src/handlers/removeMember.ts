import { DisassociateGlobalReplicationGroupCommand, type GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, formatMembers } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { resolveLostResponse } from '../idempotency/lostResponse.ts';
import { acceptOwnChangeInProgress } from '../idempotency/ownChangeInProgress.ts';
import { Problem } from '../problems/problem.ts';
import { removeMember } from '../schemas/removeMember.ts';

export const handler = defineChange(removeMember, async ({ path, signal, resumed, before }) => {
  const find = () => findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  const { group, region } = await find();
  if (resumed?.before && leftBy(group, path)) return acceptedDatastore(group);
  refuseStranger(group, path);
  await before(group);

  const GlobalReplicationGroup = await elastiCache(signal, region)
    .send(new DisassociateGlobalReplicationGroupCommand(path))
    .catch(acceptOwnChangeInProgress(group, resumed)) // AWS shows a member associated for a while after it was asked to let it go
    .then((output) => output.GlobalReplicationGroup)
    .catch((problem) => resolveLostResponse(problem, async () => leftBy((await find()).group, path), resumed));
  return acceptedDatastore(GlobalReplicationGroup);
});

function refuseStranger(group: GlobalReplicationGroup, named: Named): void {
  if (memberOf(group, named)) return;
  const member = `${named.ReplicationGroupRegion}/${named.ReplicationGroupId}`;
  throw new Problem('MemberNotFound', `No member ${member}; members are ${formatMembers(group)}.`);
}

interface Named {
  readonly ReplicationGroupRegion: string;
  readonly ReplicationGroupId: string;
}

const memberOf = ({ Members }: GlobalReplicationGroup, { ReplicationGroupRegion, ReplicationGroupId }: Named) =>
  Members?.find(
    (member) =>
      member.ReplicationGroupRegion === ReplicationGroupRegion &&
      member.ReplicationGroupId === ReplicationGroupId.toLowerCase(),
  );

/** The datastore, if that member has left it or is about to. */
const leftBy = (group: GlobalReplicationGroup, named: Named) =>
  memberOf(group, named)?.Status === 'associated' ? undefined : group;
