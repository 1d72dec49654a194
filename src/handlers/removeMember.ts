import { DisassociateGlobalReplicationGroupCommand, type GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { elasticache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, membersInWords } from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { accepted } from '../http/defineHandler.ts';
import { foundOut } from '../idempotency/lostResponse.ts';
import { unlessOurs } from '../idempotency/ownChangeInProgress.ts';
import { Problem } from '../problems/problem.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import { removeQuery } from '../schemas/removeMember.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
  summary: 'Detach a secondary; it goes on as a replication group on its own, with its data',
  description: 'Only secondaries can be detached. It often takes AWS more than 20 minutes.',
  calls: ['DescribeGlobalReplicationGroups', 'DisassociateGlobalReplicationGroup'],
  refuses: ['MemberNotFound'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  query: removeQuery,
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, signal, resumed, before }) => {
  const find = () => findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  const { group, region } = await find();
  if (resumed?.before && leftBy(group, path)) return accepted(group);
  refuseStranger(group, path);
  await before(group);

  const GlobalReplicationGroup = await elasticache(signal, region)
    .send(new DisassociateGlobalReplicationGroupCommand(path))
    .catch(unlessOurs(group, resumed)) // AWS shows a member associated for a while after it was asked to let it go
    .then((output) => output.GlobalReplicationGroup)
    .catch((problem) => foundOut(problem, async () => leftBy((await find()).group, path), resumed));
  return accepted(GlobalReplicationGroup);
});

function refuseStranger(group: GlobalReplicationGroup, named: Named): void {
  if (memberOf(group, named)) return;
  const member = `${named.ReplicationGroupRegion}/${named.ReplicationGroupId}`;
  throw new Problem('MemberNotFound', `No member ${member}; members are ${membersInWords(group)}.`);
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
