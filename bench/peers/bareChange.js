// The SDK calls of a change of ours, which also puts an audit entry, without a framework.
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { handler as create } from './bare.js';

const { env } = process;
const client = new DynamoDBClient({ region: env.AWS_REGION, endpoint: env.AWS_ENDPOINT_URL_DYNAMODB, maxAttempts: 2 });

export const handler = async (event) => {
  await client.send(
    new PutItemCommand({ TableName: env.TABLE_NAME, Item: { pk: { S: 'BARE' }, sk: { S: 'last change' } } }),
  );
  return create(event);
};
