import { DescribeGlobalReplicationGroupsCommand, type GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { config } from './config.ts';
import type { ElastiCache } from './elasticache.ts';
import { Problem } from './problem.ts';

/**
 * The datastore of that id with its members, from whichever region knows it: the API's own is asked first, then the others
 * at once. Which regions know a datastore is not documented, hence the search. Throws the not-found fault only when every
 * region said so; a region that could not be asked leaves the question open.
 */
export async function findGlobalDatastore(
  elasticache: ElastiCache,
  GlobalReplicationGroupId: string,
): Promise<GlobalReplicationGroup | undefined> {
  const command = () => new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId, ShowMemberInfo: true });
  const ask = async (region: string) => (await elasticache(region).send(command())).GlobalReplicationGroups?.[0];
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
