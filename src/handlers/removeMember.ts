import { DisassociateGlobalReplicationGroupCommand, type GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore, formatMembers } from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { Problem } from '../problems/problem.ts';
import { removeMember } from '../schemas/removeMember.ts';

export const handler = defineChange(removeMember, {
  load: ({ path, signal }) => findGlobalDatastore(signal, path.GlobalReplicationGroupId),
  isApplied: ({ GlobalReplicationGroup }, { path }, snapshot) =>
    findMember(snapshot?.GlobalReplicationGroup, path) !== undefined &&
    findMember(GlobalReplicationGroup, path)?.Status !== 'associated',
  assertAllowed: ({ GlobalReplicationGroup }, { path }) => assertIsMember(GlobalReplicationGroup, path),
  execute: ({ path, signal }, { region }) =>
    elastiCache(signal, region).send(new DisassociateGlobalReplicationGroupCommand(path)),
});

interface MemberPath {
  readonly ReplicationGroupRegion: string;
  readonly ReplicationGroupId: string;
}

const findMember = (
  datastore: GlobalReplicationGroup | undefined,
  { ReplicationGroupRegion, ReplicationGroupId }: MemberPath,
) =>
  datastore?.Members?.find(
    (member) =>
      member.ReplicationGroupRegion === ReplicationGroupRegion &&
      member.ReplicationGroupId === ReplicationGroupId.toLowerCase(),
  );

function assertIsMember(datastore: GlobalReplicationGroup, path: MemberPath): void {
  if (findMember(datastore, path)) return;
  const member = `${path.ReplicationGroupRegion}/${path.ReplicationGroupId}`;
  throw new Problem('MemberNotFound', `${member} is not a member. Members are ${formatMembers(datastore)}.`);
}
