import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  type GlobalReplicationGroup,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { type startEmulator, until } from './emulator.ts';

type Emulator = Awaited<ReturnType<typeof startEmulator>>;

/** The input of a replication group with cluster mode and two node groups. */
export const clusterMode = { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 } as const;

/** Returns functions that read and change datastores with an SDK client, not through the API. */
export function datastores(emulator: Emulator) {
  const east = emulator.client('us-east-1');

  async function describe(id: string): Promise<GlobalReplicationGroup> {
    const { GlobalReplicationGroups = [] } = await east.send(
      new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: id, ShowMemberInfo: true }),
    );
    return GlobalReplicationGroups[0] ?? {};
  }

  async function describeGroup(region: string, ReplicationGroupId: string): Promise<ReplicationGroup> {
    const { ReplicationGroups = [] } = await emulator
      .client(region)
      .send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
    return ReplicationGroups[0] ?? {};
  }

  /** Waits until no change of the datastore is in progress. Returns the datastore. */
  async function waitUntilStable(id: string): Promise<GlobalReplicationGroup> {
    await until(async () => /available|primary-only/.test((await describe(id)).Status ?? ''));
    return describe(id);
  }

  /** Creates a replication group in `region` as a secondary of the datastore, and waits until the datastore is stable. */
  async function addSecondary(id: string, region: string, ReplicationGroupId: string): Promise<void> {
    await emulator.client(region).send(
      new CreateReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupId,
        ReplicationGroupDescription: `Secondary of ${id}`,
      }),
    );
    await waitUntilStable(id);
  }

  return {
    describe,
    describeGroup,
    waitUntilStable,
    addSecondary,

    /** Creates a datastore with members `name-region` in us-east-1 and these regions. Returns its id once it is stable. */
    async make(
      name: string,
      secondaries: readonly string[] = [],
      primary: Partial<CreateReplicationGroupCommandInput> = {},
    ): Promise<string> {
      const PrimaryReplicationGroupId = `${name}-us-east-1`;
      await emulator.seed(PrimaryReplicationGroupId, 'us-east-1', primary);
      await east.send(
        new CreateGlobalReplicationGroupCommand({ GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId }),
      );
      const id = `ldgnf-${name}`;
      await waitUntilStable(id);
      for (const region of secondaries) await addSecondary(id, region, `${name}-${region}`);
      return id;
    },

    /** Freezes the transitions of the emulator that start from now on. Returns the function that resumes them. */
    freeze(): () => void {
      const { options } = emulator.store;
      options.transitionMs = Infinity;
      return () => {
        options.transitionMs = 0;
        emulator.store.tick();
      };
    },
  };
}
