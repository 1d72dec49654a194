import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { parse } from 'yaml';
import { listen } from './ports.ts';

/** A DynamoDB on 127.0.0.1 that keeps its tables in memory or in a folder. */
export interface LocalDynamoDB {
  readonly url: string;
  /** Creates a table with the keys that infrastructure/table.yml has. The folder may have it already. */
  createTable(name: string): Promise<void>;
  close(): void;
}

/**
 * Starts a DynamoDB at `port`; 0 is any free port. `folder` keeps the tables: each write is in the folder before its response.
 * @throws Error with the remedy if the folder cannot be used
 */
export async function startDynamoDB(port = 0, folder?: string): Promise<LocalDynamoDB> {
  if (folder) await assertUsable(folder);
  const server = dynalite({ createTableMs: 0, ...(folder && { path: folder }) });
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
      try {
        await client.send(new CreateTableCommand({ TableName, ...(await readTableDefinition()) }));
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
        const { Table } = await client.send(new DescribeTableCommand({ TableName }));
        if (Table?.TableStatus !== 'ACTIVE') throw new Error(`${folder} has no complete table. ${advice}`);
      }
    },
  };
}

const advice = 'Delete it to start without its records, or name another file.';

/** Opens the database in a folder once, because dynalite ends the process without a reason if it cannot. */
async function assertUsable(folder: string): Promise<void> {
  try {
    if (!existsSync(folder)) await mkdir(folder); // LevelDB creates parents, too, as of a mistyped path
    const database = new ClassicLevel(folder);
    await database.open();
    await database.close();
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (code === 'LEVEL_LOCKED')
      throw new Error(`${folder} is in use by another process. End it, or name another file.`);
    throw new Error(`${folder} cannot be opened: ${message}. ${advice}`);
  }
}

/** Reads the members of the table's definition that dynalite accepts. */
async function readTableDefinition(): Promise<Omit<CreateTableCommandInput, 'TableName'>> {
  const { Resources } = parse(await readFile(new URL('../infrastructure/table.yml', import.meta.url), 'utf8'));
  const { AttributeDefinitions, KeySchema, BillingMode } = Resources.Table.Properties;
  return { AttributeDefinitions, KeySchema, BillingMode };
}
