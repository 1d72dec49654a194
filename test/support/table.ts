import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { startDynamoDB } from '../../local/dynamoDb.ts';

/** A DynamoDB with a table of its own for this test file, ended with the file. */
export async function startTable() {
  const { url, createTable, close } = await startDynamoDB();
  const name = `test-${randomUUID()}`;
  await createTable(name);
  afterAll(close);
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  return {
    url,
    /** What the functions read of it. */
    environment: { TABLE_NAME: name, TABLE_TIMEOUT_MS: '10000' },
    /** Puts an item as DynamoDB stores it. */
    async put(Item: Record<string, AttributeValue>): Promise<void> {
      await client.send(new PutItemCommand({ TableName: name, Item }));
    },

    /** All that is in it, as text: to look for what must not be there. */
    async contents(): Promise<string> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name }));
      return JSON.stringify(Items);
    },
  };
}
