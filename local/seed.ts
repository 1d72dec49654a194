import {
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  ElastiCacheClient,
  ReplicationGroupAlreadyExistsFault,
} from '@aws-sdk/client-elasticache';
import { addPending } from '../emulator/state/pendingChanges.ts';
import type { Store } from '../emulator/state/store.ts';

/** The regions that a local API calls. The first is its own region. */
export const seedRegions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-2'];

/** Creates the missing replication groups through the API of the emulator. They are available at once. */
export async function seed(endpoint: string, store: Store): Promise<void> {
  const created = await Promise.all(seeds.map((group) => createGroup(endpoint, group)));
  if (created.includes(true)) while (store.tick() > 0);
  for (const { ReplicationGroupId, region, busy } of seeds) {
    const group = store.viewFrom(region).findReplicationGroup(ReplicationGroupId);
    if (busy && group?.changes.length === 0) addPending(group, 'modify');
  }
}

/** Returns one line for each replication group. */
export const describeSeeds = (): string =>
  seeds
    .map(({ region, ReplicationGroupId, shows }) => `  ${region.padEnd(15)} ${ReplicationGroupId.padEnd(15)} ${shows}`)
    .join('\n');

/** Returns whether the group was created. It may exist from before a restart. */
async function createGroup(endpoint: string, { region, shows, busy: _, ...input }: Seed): Promise<boolean> {
  const client = new ElastiCacheClient({
    region,
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const command = new CreateReplicationGroupCommand({
    Engine: 'valkey',
    EngineVersion: '8.0',
    CacheNodeType: 'cache.r7g.large',
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    ReplicationGroupDescription: shows,
    Tags: [{ Key: 'team', Value: input.ReplicationGroupId.split('-')[0] }], // an owner, if the policy has `OwnerTag`
    ...input,
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (error instanceof ReplicationGroupAlreadyExistsFault) return false;
    throw error;
  } finally {
    client.destroy();
  }
}

/** A replication group that the emulator starts with. */
interface Seed extends Partial<CreateReplicationGroupCommandInput> {
  ReplicationGroupId: string;
  region: string;
  /** Shown to the user of `npm start`. */
  shows: string;
  /** Whether the group always has a change in progress. */
  busy?: boolean;
}

/** Some groups may become a primary. The others each show one common reason why a group may not. */
const seeds: readonly Seed[] = [
  { ReplicationGroupId: 'orders-use1', region: 'us-east-1', shows: 'may become a primary' },
  {
    ReplicationGroupId: 'sessions-use1',
    region: 'us-east-1',
    NumCacheClusters: undefined,
    NumNodeGroups: 2,
    ReplicasPerNodeGroup: 1,
    shows: 'may become a primary; two node groups (shards)',
  },
  { ReplicationGroupId: 'catalog-euw1', region: 'eu-west-1', shows: 'may become a primary, in Europe' },
  { ReplicationGroupId: 'carts-apse2', region: 'ap-southeast-2', shows: 'may become a primary, in Australia' },
  {
    ReplicationGroupId: 'small-use1',
    region: 'us-east-1',
    CacheNodeType: 'cache.t4g.small',
    shows: 'may not: T-type nodes are not supported',
  },
  {
    ReplicationGroupId: 'old-euw1',
    region: 'eu-west-1',
    Engine: 'redis',
    EngineVersion: '5.0.4',
    CacheNodeType: 'cache.r5.large',
    shows: 'may not: the engine is older than 5.0.6',
  },
  { ReplicationGroupId: 'busy-usw2', region: 'us-west-2', busy: true, shows: 'may not: it is not available' },
];
