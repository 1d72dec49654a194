// The job of every peer, with the same client, the same compiled schema and the same faults, so that only the framework differs.
// This favours most peers, because their documentation compiles the schema at each start. All make the calls that our function
// makes besides the creation: a read of the primary, and the records of the change.
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateGlobalReplicationGroupCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { validate } from 'compiled-schema';

const client = new ElastiCacheClient({
  region: process.env.AWS_REGION,
  endpoint: process.env.AWS_ENDPOINT_URL_ELASTICACHE,
  maxAttempts: 3,
});

const { env } = process;
const table = new DynamoDBClient({ region: env.AWS_REGION, endpoint: env.AWS_ENDPOINT_URL_DYNAMODB, maxAttempts: 2 });
const others = env.OTHER_CALLS?.split(',') ?? [];

const send = {
  DescribeReplicationGroups: (ReplicationGroupId) =>
    client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId })),
  PutItem: () =>
    table.send(
      new PutItemCommand({ TableName: env.TABLE_NAME, Item: { pk: { S: 'PEER' }, sk: { S: 'last change' } } }),
    ),
};

/** Returns the errors of a body, or undefined if it matches the schema. */
export const violations = (body) => (validate(body) ? undefined : validate.errors);

/** Creates the datastore. Returns the status and the body of the response. */
export async function create({ PrimaryReplicationGroupRegion: _, ...input }) {
  try {
    for (const call of others) await send[call](input.PrimaryReplicationGroupId);
    const { GlobalReplicationGroup } = await client.send(new CreateGlobalReplicationGroupCommand(input));
    return { status: 202, body: { GlobalReplicationGroup } };
  } catch (error) {
    const status = statuses[error.name] ?? (error.$fault === 'client' ? 400 : 502);
    return { status, body: { code: error.name, detail: error.message } };
  }
}

const statuses = {
  GlobalReplicationGroupAlreadyExistsFault: 409,
  InvalidReplicationGroupStateFault: 409,
  ReplicationGroupNotFoundFault: 404,
  ServiceLinkedRoleNotFoundFault: 424,
};
