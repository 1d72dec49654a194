// The SDK call that reads a datastore, without a framework.
import { DescribeGlobalReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';

const client = new ElastiCacheClient({
  region: process.env.AWS_REGION,
  endpoint: process.env.AWS_ENDPOINT_URL_ELASTICACHE,
  maxAttempts: 3,
});

export const handler = async ({ pathParameters }) => {
  const command = new DescribeGlobalReplicationGroupsCommand({ ...pathParameters, ShowMemberInfo: true });
  const { GlobalReplicationGroups: [GlobalReplicationGroup] = [] } = await client.send(command);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ GlobalReplicationGroup }),
  };
};
