import type { GlobalDatastores, GlobalReplicationGroup } from '@global-datastore/client';
import { CommandError, exitCodes } from '../exitCodes.ts';
import type { FileMember, LoadedFile } from './datastoreFile.ts';
import { keyOf } from './members.ts';
import { type Plan, tryChange } from './plannedChange.ts';
import { settingChanges } from './settingChanges.ts';
import { suffixOf } from './state.ts';

/** Returns the creation of a datastore, and the changes after it. */
export async function planCreation(client: GlobalDatastores, { datastore, name, placeOf }: LoadedFile): Promise<Plan> {
  const { GlobalReplicationGroupDescription, Members = [] } = datastore;
  const suffix = datastore.GlobalReplicationGroupIdSuffix ?? suffixOf(datastore.GlobalReplicationGroupId ?? '');
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  if (!primary)
    throw new CommandError(
      exitCodes.usage,
      `${name}: the datastore does not exist. To create it, give the replication group that becomes its primary Role: PRIMARY.`,
    );
  const { ReplicationGroupId, ReplicationGroupRegion, Role: _, ...ownSettings } = primary;
  const secondaries = Members.filter((member) => member !== primary);
  const input = {
    GlobalReplicationGroupIdSuffix: suffix,
    PrimaryReplicationGroupId: ReplicationGroupId,
    PrimaryReplicationGroupRegion: ReplicationGroupRegion,
    ...(secondaries.length > 0 && { Secondaries: secondaries.map(({ Role: __, ...member }) => member) }),
    ...(GlobalReplicationGroupDescription && { GlobalReplicationGroupDescription }),
  };
  const create = await tryChange(client, {
    name: 'Creation',
    operation: 'createGlobalDatastore',
    input,
    placeOf: (pointer) => placeOf(toFilePointer(pointer, Members, primary)),
  });
  const group = create.findings?.Valid ? await asDatastore(client, primary) : undefined;
  const followUps = [
    ...(group ? settingChanges({ ...datastore, GlobalReplicationGroupDescription: undefined }, group) : []).map(
      ({ input: settings, was }) => `Set ${describeSettings(settings)} in all members. Now: ${was}.`,
    ),
    ...(Object.keys(ownSettings).length > 0
      ? [`Compare the settings of ${keyOf(primary)} with the file, and change those that differ.`]
      : []),
  ];
  const whole = { ...create, plan: [...create.plan, ...followUps] };
  return { changes: [whole], ...(create.findings?.Valid && { next: whole }), hasMore: followUps.length > 0 };
}

const describeSettings = (settings: object): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} to ${value}`)
    .join(', ');

/** Returns the pointer into the file for one into the body of a creation. */
function toFilePointer(pointer: string, Members: readonly FileMember[], primary: FileMember): string {
  const place = Members.indexOf(primary);
  const [, index, rest = ''] = /^#\/Secondaries\/(\d)(.*)$/.exec(pointer) ?? [];
  if (index !== undefined) return `#/Members/${Number(index) + (Number(index) >= place ? 1 : 0)}${rest}`;
  return pointer.replace(/^#\/PrimaryReplicationGroup(Id|Region)$/, `#/Members/${place}/ReplicationGroup$1`);
}

/** Returns the datastore that a replication group would become, as far as its settings determine it. */
async function asDatastore(client: GlobalDatastores, primary: FileMember): Promise<GlobalReplicationGroup> {
  const { ReplicationGroup: group, Configuration } = await client.getReplicationGroup({
    Region: primary.ReplicationGroupRegion,
    ReplicationGroupId: primary.ReplicationGroupId,
  });
  const { CacheNodeType, Engine, ClusterEnabled = false, NodeGroups = [], AutomaticFailover } = group;
  return {
    GlobalReplicationGroupId: '',
    Status: '',
    ...(CacheNodeType && { CacheNodeType }),
    ...(Engine && { Engine }),
    ...(Configuration?.EngineVersion && { EngineVersion: Configuration.EngineVersion }),
    ClusterEnabled,
    GlobalNodeGroups: NodeGroups.map(() => ({})),
    Members: [{ Role: 'PRIMARY', ...(AutomaticFailover && { AutomaticFailover }) }],
  };
}
