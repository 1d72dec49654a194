import { readFile } from 'node:fs/promises';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { parse } from 'yaml';
import { listen } from './ports.ts';

/** A DynamoDB on 127.0.0.1 that keeps its tables in memory. */
export interface LocalDynamoDB {
  readonly url: string;
  /** Creates a table with the keys that infrastructure/table.yml has. */
  createTable(name: string): Promise<void>;
  close(): void;
}

/** Starts a DynamoDB at `port`; 0 is any free port. */
export async function startDynamoDB(port = 0): Promise<LocalDynamoDB> {
  const server = dynalite({ createTableMs: 0 });
  const url = await listen(server, port);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: url, credentials });

  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
    async createTable(TableName) {
      await client.send(new CreateTableCommand({ TableName, ...(await readTableDefinition()) }));
    },
  };
}

/** Reads the members of the table's definition that dynalite accepts. */
async function readTableDefinition(): Promise<Omit<CreateTableCommandInput, 'TableName'>> {
  const { Resources } = parse(await readFile(new URL('../infrastructure/table.yml', import.meta.url), 'utf8'));
  const { AttributeDefinitions, KeySchema, BillingMode } = Resources.Table.Properties;
  return { AttributeDefinitions, KeySchema, BillingMode };
}
