import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteCacheParameterGroupCommand,
  DeleteGlobalReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DisassociateGlobalReplicationGroupCommand,
  ElastiCacheClient,
  type GlobalReplicationGroup,
  paginateDescribeCacheParameterGroups,
  paginateDescribeGlobalReplicationGroups,
  paginateDescribeReplicationGroups,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';

/** The beginning of the names of all resources of every walk. */
export const commonPrefix = 'accept-gds';

/** Returns whether a name is one of a walk, or of the walk with this prefix. */
export function isOfWalk(name: string | undefined, prefix?: string): boolean {
  const [, walk] = new RegExp(`^(${commonPrefix}-[0-9a-z]{8})-`).exec(name ?? '') ?? [];
  return walk !== undefined && (prefix === undefined || walk === prefix);
}

export interface CleanUp {
  readonly regions: readonly string[];
  /** The prefix of one walk. Without it, those of all walks. */
  readonly prefix?: string;
  readonly pollMs: number;
  readonly tell: (line: string) => void;
}

/** A resource of a walk, and the call that removes it if AWS accepts one in its current state. */
interface Remainder {
  readonly name: string;
  readonly remove?: () => Promise<unknown>;
}

/** The longest time of a clean-up. The detachment of a secondary takes AWS more than 20 minutes. */
const longestMs = 3 * 3_600_000;

/** Lists the remaining resources of walks. Removes nothing. */
export async function listRemainders(options: CleanUp): Promise<string[]> {
  return (await findRemainders(options)).map(({ name }) => name);
}

/**
 * Removes the remaining resources of walks, and waits until two lists in a row are empty: AWS may still create a resource that
 * was requested just before a walk was interrupted. Returns the resources that remain. Throws the error of AWS if ten lists in
 * a row fail.
 */
export async function cleanUp(options: CleanUp): Promise<string[]> {
  const end = Date.now() + longestMs;
  const told = new Set<string>();
  let emptyLooks = 0;
  let failedLooks = 0;
  while (Date.now() < end) {
    const remainders = await findRemainders(options).catch((error: Error) => error);
    const hasFailed = remainders instanceof Error;
    failedLooks = hasFailed ? failedLooks + 1 : 0;
    if (failedLooks === 10) throw remainders;
    emptyLooks = !hasFailed && remainders.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 2) return [];
    for (const remainder of hasFailed ? [] : remainders) await remove(remainder, told, options.tell);
    await sleep(options.pollMs);
  }
  return listRemainders(options);
}

/** Sends the call that removes a resource. Prints its name at the first call. */
async function remove({ name, remove }: Remainder, told: Set<string>, tell: CleanUp['tell']): Promise<void> {
  if (!remove) return;
  if (!told.has(name)) tell(`take apart ${name}`);
  told.add(name);
  await remove().catch(() => undefined); // refused while a change is in progress: the next round retries it
}

async function findRemainders(options: CleanUp): Promise<Remainder[]> {
  const regions = await Promise.all(options.regions.map((region) => findInRegion(region, options)));
  const unique = new Map(regions.flat().map((remainder) => [remainder.name, remainder]));
  return [...unique.values()];
}

async function findInRegion(region: string, { prefix }: CleanUp): Promise<Remainder[]> {
  const client = new ElastiCacheClient({ region });
  const isOwn = (name: string | undefined) => isOfWalk(name, prefix);
  const found: Remainder[] = [];
  for await (const page of paginateDescribeGlobalReplicationGroups({ client }, { ShowMemberInfo: true })) {
    const own = page.GlobalReplicationGroups?.filter(({ GlobalReplicationGroupId = '' }) =>
      isOwn(GlobalReplicationGroupId.replace(/^[^-]+-/, '')),
    );
    found.push(...(own ?? []).map((datastore) => datastoreOf(client, datastore)));
  }
  for await (const page of paginateDescribeReplicationGroups({ client }, {})) {
    const own = page.ReplicationGroups?.filter(({ ReplicationGroupId }) => isOwn(ReplicationGroupId));
    found.push(...(own ?? []).map((group) => groupOf(client, region, group)));
  }
  for await (const page of paginateDescribeCacheParameterGroups({ client }, {})) {
    const names = page.CacheParameterGroups?.map(({ CacheParameterGroupName = '' }) => CacheParameterGroupName) ?? [];
    const own = names.filter((name) => isOwn(name.replace(/^global-datastore-/, '')));
    found.push(...own.map((name) => parameterGroupOf(client, region, name)));
  }
  return found;
}

/** Detaches the secondaries of a datastore, then deletes it. AWS keeps all of its replication groups. */
function datastoreOf(
  client: ElastiCacheClient,
  { GlobalReplicationGroupId, Members = [] }: GlobalReplicationGroup,
): Remainder {
  const id = { GlobalReplicationGroupId };
  const secondaries = Members.filter(({ Role }) => Role === 'SECONDARY');
  const detach = secondaries.map(
    ({ ReplicationGroupId, ReplicationGroupRegion }) =>
      new DisassociateGlobalReplicationGroupCommand({ ...id, ReplicationGroupId, ReplicationGroupRegion }),
  );
  return {
    name: `datastore ${GlobalReplicationGroupId}`,
    remove: () =>
      detach.length > 0
        ? Promise.all(detach.map((command) => client.send(command)))
        : client.send(new DeleteGlobalReplicationGroupCommand({ ...id, RetainPrimaryReplicationGroup: true })),
  };
}

function groupOf(client: ElastiCacheClient, region: string, group: ReplicationGroup): Remainder {
  const { ReplicationGroupId, Status, GlobalReplicationGroupInfo } = group;
  const name = `replication group ${region}/${ReplicationGroupId}`;
  const isRemovable =
    /^(available|create-failed)$/.test(Status ?? '') && !GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  if (!isRemovable) return { name };
  return { name, remove: () => client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId })) };
}

const parameterGroupOf = (client: ElastiCacheClient, region: string, CacheParameterGroupName: string): Remainder => ({
  name: `parameter group ${region}/${CacheParameterGroupName}`,
  remove: () => client.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName })),
});
