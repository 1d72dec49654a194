import type { GlobalReplicationGroup } from '@global-datastore/client';
import { membersOf, secondariesOf } from '../members.ts';

/** The subject of a form: the datastore, if there is one, and the values so far. */
export interface Subject {
  readonly datastore: GlobalReplicationGroup | undefined;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The properties of an action that the contract does not have: its texts, its first fields and its confirmation. */
export interface Action {
  /** The label of the button that sends the change. */
  readonly verb: string;
  /** The members of the input that are shown at once, beside the required ones. */
  readonly first?: readonly string[];
  /** True if the change can interrupt service or lose data. */
  readonly isDangerous?: boolean;
  /** The name to type before the change is sent. */
  readonly typed?: (subject: Subject) => string | undefined;
  /** The values that the form starts with. */
  readonly initial?: (datastore: GlobalReplicationGroup) => object;
  /** The values to choose from, by the name of the member. */
  readonly choices?: (subject: Subject) => Readonly<Record<string, readonly string[]>>;
}

const idOf = ({ datastore }: Subject) => datastore?.GlobalReplicationGroupId;
const textOf =
  (name: string) =>
  ({ input }: Subject) =>
    input[name] as string | undefined;
const regionOf = ({ ReplicationGroupRegion = '' }: { readonly ReplicationGroupRegion?: string }) =>
  ReplicationGroupRegion;

/** The regions that can become primary. */
const targets = ({ datastore }: Subject) => ({
  PrimaryRegion: datastore ? secondariesOf(datastore).map(regionOf) : [],
});

/** Returns the region as a value if there is only one. */
function onlyTarget(datastore: GlobalReplicationGroup): object {
  const [first, ...others] = secondariesOf(datastore);
  return first && others.length === 0 ? { PrimaryRegion: first.ReplicationGroupRegion } : {};
}

const presentMembers = (datastore: GlobalReplicationGroup): object => ({
  Members: membersOf(datastore).map(({ ReplicationGroupId, ReplicationGroupRegion, Role }) => ({
    ReplicationGroupId,
    ReplicationGroupRegion,
    Role,
  })),
});

/** The actions of the page, by the operation of the API. */
export const actions: Readonly<Record<string, Action>> = {
  createGlobalDatastore: { verb: 'Create', first: ['PrimaryReplicationGroupRegion', 'Secondaries'] },
  addMember: { verb: 'Add the region', first: ['NumCacheClusters', 'ReplicasPerNodeGroup'] },
  modifyMember: { verb: 'Change the member', first: ['NumCacheClusters', 'ReplicasPerNodeGroup'] },
  removeMember: { verb: 'Detach', isDangerous: true, typed: textOf('ReplicationGroupId') },
  failoverGlobalDatastore: {
    verb: 'Fail over',
    first: ['MaxLagSeconds', 'Reason'],
    isDangerous: true,
    typed: idOf,
    initial: onlyTarget,
    choices: targets,
  },
  startDrill: {
    verb: 'Start the drill',
    first: ['MaxLagSeconds'],
    isDangerous: true,
    typed: idOf,
    initial: (datastore) => ({ HoldSeconds: 300, ...onlyTarget(datastore) }),
    choices: targets,
  },
  modifyGlobalDatastore: { verb: 'Modify', first: ['CacheNodeType', 'EngineVersion'] },
  scaleNodeGroups: {
    verb: 'Scale',
    initial: ({ GlobalNodeGroups: shards = [] }) => ({ NodeGroupCount: shards.length }),
  },
  rebalanceSlots: { verb: 'Rebalance' },
  rotateAuthToken: { verb: 'Rotate the token', first: ['AuthTokenUpdateStrategy'] },
  applyTopology: { verb: 'Apply the topology', isDangerous: true, typed: idOf, initial: presentMembers },
  deleteGlobalDatastore: { verb: 'Delete', first: ['DetachSecondaries'], isDangerous: true, typed: idOf },
  cancelOperation: { verb: 'Cancel the operation', isDangerous: true },
  startEvacuation: {
    verb: 'Evacuate',
    first: ['ToRegion', 'DetachAfterSeconds'],
    isDangerous: true,
    typed: textOf('FromRegion'),
  },
};
