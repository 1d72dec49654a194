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

/** What makes a replication group one with cluster mode, of two node groups. */
export const clusterMode = { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 } as const;

/** What a test may do with datastores behind the API's back, as an SDK client of AWS does. */
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

  /** Waits until nothing is under way. Gives the datastore as it is then. */
  async function rested(id: string): Promise<GlobalReplicationGroup> {
    await until(async () => /available|primary-only/.test((await describe(id)).Status ?? ''));
    return describe(id);
  }

  /** Makes a replication group in `region` a secondary of the datastore. */
  async function addSecondary(id: string, region: string, ReplicationGroupId: string): Promise<void> {
    await emulator.client(region).send(
      new CreateReplicationGroupCommand({
        GlobalReplicationGroupId: id,
        ReplicationGroupId,
        ReplicationGroupDescription: `Secondary of ${id}`,
      }),
    );
    await rested(id);
  }

  return {
    describe,
    describeGroup,
    rested,
    addSecondary,

    /** Makes a datastore at rest, of members `name-region` in us-east-1 and these regions. Gives its id. */
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
      await rested(id);
      for (const region of secondaries) await addSecondary(id, region, `${name}-${region}`);
      return id;
    },

    /** Lets time stand still: what is asked for from now on stays under way. Gives what lets it go on. */
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
