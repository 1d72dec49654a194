import { config } from '../config.ts';
import { findReplicationGroup } from '../datastores/replicationGroup.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import type { createGlobalDatastore } from '../schemas/createGlobalDatastore.ts';
import { type Check, foundValue, lookup } from './check.ts';
import { checkCompatible, checkCreatable } from './memberChecks.ts';

type Body = ApiRequest<typeof createGlobalDatastore>['body'];

/** Whether the secondaries of a new datastore can be made, as far as it can be told before the datastore is there. */
export async function checkSecondaries(signal: AbortSignal, body: Body): Promise<Check[]> {
  const { PrimaryReplicationGroupRegion: home = config.region, PrimaryReplicationGroupId: id, Secondaries = [] } = body;
  if (Secondaries.length === 0) return [];
  const primary = foundValue(await lookup(findReplicationGroup(signal, home, id)));
  const checks = await Promise.all(
    Secondaries.map(async (member, index) => {
      const place = `#/Secondaries/${index}`;
      return [
        ...(await checkCreatable(signal, member, place)),
        ...(primary ? checkCompatible(member, { ...primary, home }, place) : []),
      ];
    }),
  );
  return checks.flat();
}

/** The secondaries of a new datastore in words, as its plan goes on. */
export const describeSecondaries = ({ Secondaries = [] }: Body): string[] =>
  Secondaries.map(
    ({ ReplicationGroupRegion: region, ReplicationGroupId: id }) =>
      `Make ${region}/${id} as a secondary (CreateReplicationGroup in ${region}).`,
  );
