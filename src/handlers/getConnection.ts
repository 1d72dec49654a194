import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import { withRegionTimeout } from '../aws/multiRegion.ts';
import { connectionSnippets } from '../datastores/connectionSnippets.ts';
import { readerOf, writerOf } from '../datastores/endpoints.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { findFixedWriter } from '../datastores/localDataPlane.ts';
import { lookup } from '../datastores/lookup.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { suffixHint } from '../http/middleware/suffixHint.ts';
import { ok } from '../http/responses.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { getConnection } from '../schemas/getConnection.ts';

export const handler = defineHandler(getConnection, readConnection, [suffixHint()]);

async function readConnection({ path, signal }: ApiRequest<typeof getConnection>) {
  const { GlobalReplicationGroup: datastore } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  const readings = await Promise.all((datastore.Members ?? []).map((member) => readAddresses(signal, member)));
  const members = readings.flatMap(({ member }) => member ?? []);
  const Warnings = readings.flatMap(({ warning }) => warning ?? []);
  const writers = members.flatMap(({ isPrimary, writer }) => (writer ? { isPrimary, writer } : []));
  const Writer = writers.find(({ isPrimary }) => isPrimary)?.writer;
  const Standbys = writers.filter(({ isPrimary }) => !isPrimary).map(({ writer }) => writer);
  const FixedWriter = await findFixedWriter(signal, path.GlobalReplicationGroupId);
  const access = {
    ClusterEnabled: datastore.ClusterEnabled ?? false,
    TransitEncryptionEnabled: datastore.TransitEncryptionEnabled ?? false,
    AuthTokenEnabled: datastore.AuthTokenEnabled ?? false,
    UserGroupsEnabled: members.some(({ hasUserGroups }) => hasUserGroups),
  };
  return ok({
    GlobalReplicationGroupId: datastore.GlobalReplicationGroupId,
    ...(Writer && { Writer }),
    ...(FixedWriter && { FixedWriter }),
    Standbys,
    Readers: members.flatMap(({ reader }) => reader ?? []),
    ...access,
    Snippets: connectionSnippets(Writer ? [Writer, ...Standbys] : Standbys, access),
    ...(Warnings.length > 0 && { Warnings }),
  });
}

/** Reads the addresses of a member in its region. A failed read is a warning. */
async function readAddresses(
  signal: AbortSignal,
  { ReplicationGroupId: id = '', ReplicationGroupRegion: region = '', Role }: GlobalReplicationGroupMember,
) {
  const found = await lookup(findReplicationGroup(withRegionTimeout(signal), region, id));
  if (found.is !== 'found')
    return { warning: { Region: region, Detail: `The addresses of ${id} could not be read. ${found.detail}` } };
  const group = { ...found.value, region };
  return {
    member: {
      isPrimary: Role === 'PRIMARY',
      writer: writerOf(group),
      reader: readerOf(group),
      hasUserGroups: (group.UserGroupIds ?? []).length > 0,
    },
  };
}
