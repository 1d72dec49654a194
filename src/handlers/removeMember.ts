import { DisassociateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { elasticache } from '../elasticache.ts';
import { findGlobalDatastore, membersIn, membersInWords } from '../globalDatastore.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import { removeQuery } from '../schemas/removeMember.ts';

export const route = {
  method: 'DELETE',
  path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
  summary: 'Detach a secondary; it goes on as a replication group on its own, with its data',
  description: 'Only secondaries can be detached. It often takes AWS more than 20 minutes.',
  calls: ['DescribeGlobalReplicationGroups', 'DisassociateGlobalReplicationGroup'],
  refuses: ['MemberNotFound'],
  headers: ['If-Match', 'Prefer'],
  query: removeQuery,
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, signal }) => {
  const { group, region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  const member = membersIn(group, path.ReplicationGroupRegion).find(
    ({ ReplicationGroupId }) => ReplicationGroupId === path.ReplicationGroupId.toLowerCase(),
  );
  if (!member) {
    throw new Problem('MemberNotFound', `No member ${path.ReplicationGroupId}; members are ${membersInWords(group)}.`);
  }
  const { GlobalReplicationGroup } = await elasticache(signal, region).send(
    new DisassociateGlobalReplicationGroupCommand(path),
  );
  return accepted(GlobalReplicationGroup);
});
