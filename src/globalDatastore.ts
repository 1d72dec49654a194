import {
  type CreateGlobalReplicationGroupCommandInput as CreateInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  type GlobalReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { config } from './config.ts';
import { elasticache } from './elasticache.ts';
import { Problem } from './problem.ts';

/**
 * The datastore of that id with its members, from whichever region knows it: the API's own is asked first, then the others
 * at once. Which regions know a datastore is not documented, hence the search. Throws the not-found fault only when every
 * region said so; a region that could not be asked leaves the question open.
 */
export async function findGlobalDatastore(
  signal: AbortSignal,
  GlobalReplicationGroupId: string,
): Promise<GlobalReplicationGroup | undefined> {
  const command = () => new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true });
  const ask = async (region: string) =>
    (await elasticache(signal, region).send(command())).GlobalReplicationGroups?.[0];
  const [own = config.region, ...others] = config.regions;
  try {
    return await ask(own);
  } catch (refusal) {
    return Promise.any(others.map(ask)).catch(({ errors }: AggregateError) => {
      throw [refusal, ...errors].find((error) => !isNotFound(error)) ?? refusal;
    });
  }
}

const isNotFound = (error: unknown) => error instanceof Problem && error.code === 'GlobalReplicationGroupNotFoundFault';

/**
 * The datastore that `input` asks for, if it stands with that very primary: what a create made whose answer was lost.
 * The id's prefix is AWS's to choose, so the way leads over the replication group, which names its datastore.
 */
export async function findCreated(signal: AbortSignal, region: string | undefined, input: CreateInput) {
  const home = elasticache(signal, region);
  const { ReplicationGroups } = await home.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: input.PrimaryReplicationGroupId }),
  );
  const { GlobalReplicationGroupId, GlobalReplicationGroupMemberRole } =
    ReplicationGroups?.[0]?.GlobalReplicationGroupInfo ?? {};
  const suffix = GlobalReplicationGroupId?.slice(GlobalReplicationGroupId.indexOf('-') + 1);
  const wanted = input.GlobalReplicationGroupIdSuffix?.toLowerCase();
  if (suffix !== wanted || GlobalReplicationGroupMemberRole !== 'PRIMARY') return undefined;

  const { GlobalReplicationGroups } = await home.send(
    new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true }),
  );
  return GlobalReplicationGroups?.[0];
}
