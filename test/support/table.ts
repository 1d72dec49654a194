import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { startDynamoDB } from '../../local/dynamoDb.ts';

/** Starts a DynamoDB with a table for this test file. It ends after the file. */
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
    /** The environment variables of the functions for this table. */
    environment: { TABLE_NAME: name, TABLE_TIMEOUT_MS: '10000' },
    /** Puts an item, in the attribute format of DynamoDB. */
    async put(Item: Record<string, AttributeValue>): Promise<void> {
      await client.send(new PutItemCommand({ TableName: name, Item }));
    },

    /** Returns all items as JSON text. Tests check that it does not contain a secret. */
    async contents(): Promise<string> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name }));
      return JSON.stringify(Items);
    },
  };
}
