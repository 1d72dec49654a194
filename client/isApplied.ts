import type { GlobalReplicationGroup, Operations } from './operations.ts';

/** The changes that the datastore itself shows. For the others, send the change with `wait`. */
export type ShownChange =
  | 'addMember'
  | 'removeMember'
  | 'failoverGlobalDatastore'
  | 'modifyGlobalDatastore'
  | 'scaleNodeGroups'
  | 'deleteGlobalDatastore';

type Comparison<N extends ShownChange> = (datastore: GlobalReplicationGroup, input: Operations[N]['input']) => boolean;

/** Returns whether a datastore matches the input of a change. `undefined` is a datastore that does not exist. */
export function isApplied<N extends ShownChange>(
  operation: N,
  input: Operations[N]['input'],
  datastore: GlobalReplicationGroup | undefined,
): boolean {
  const isAsked: Comparison<N> = comparisons[operation];
  return datastore ? isAsked(datastore, input) : operation === 'deleteGlobalDatastore' || operation === 'removeMember';
}

const comparisons: { readonly [N in ShownChange]: Comparison<N> } = {
  addMember: (datastore, input) => findMember(datastore, input) !== undefined,
  removeMember: (datastore, input) => findMember(datastore, input) === undefined,
  failoverGlobalDatastore: ({ Members = [] }, { PrimaryRegion, PrimaryReplicationGroupId: id }) =>
    Members.some(
      (member) =>
        member.Role === 'PRIMARY' &&
        member.ReplicationGroupRegion === PrimaryRegion &&
        (id === undefined || member.ReplicationGroupId === id.toLowerCase()),
    ),
  modifyGlobalDatastore: hasSettings,
  scaleNodeGroups: ({ GlobalNodeGroups = [] }, { NodeGroupCount }) => GlobalNodeGroups.length === NodeGroupCount,
  deleteGlobalDatastore: () => false,
};

function findMember(
  { Members = [] }: GlobalReplicationGroup,
  { ReplicationGroupRegion: region, ReplicationGroupId: id }: Operations['removeMember']['input'],
) {
  return Members.find(
    (member) => member.ReplicationGroupRegion === region && member.ReplicationGroupId === id.toLowerCase(),
  );
}

/** Returns whether a datastore has the requested settings. A version may be shorter than AWS shows it, such as 7.1 or 6.x. */
function hasSettings(datastore: GlobalReplicationGroup, input: Operations['modifyGlobalDatastore']['input']): boolean {
  const { EngineVersion: version, AutomaticFailoverEnabled: failover } = input;
  const { AutomaticFailover = '' } = datastore.Members?.find(({ Role }) => Role === 'PRIMARY') ?? {};
  return (
    (['CacheNodeType', 'Engine', 'GlobalReplicationGroupDescription'] as const).every(
      (name) => input[name] === undefined || input[name]?.trim() === datastore[name]?.trim(),
    ) &&
    (version === undefined || `${datastore.EngineVersion}.`.startsWith(`${version.replace(/\.x$/, '')}.`)) &&
    (failover === undefined || failover === /^enabl/.test(AutomaticFailover))
  );
}
