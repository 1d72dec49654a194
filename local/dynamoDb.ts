import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { parse } from 'yaml';

/** A DynamoDB on 127.0.0.1, in memory, to make tables in. */
export interface LocalDynamoDB {
  readonly url: string;
  /** Makes the table as serverless.yml describes it, with its name there unless another is given. */
  makeTable(name?: string): Promise<void>;
  close(): void;
}

/** Starts a DynamoDB at that port; 0 is any free one. */
export async function startDynamoDB(port = 0): Promise<LocalDynamoDB> {
  const server = dynalite({ createTableMs: 0 }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: url, credentials });
  const described = await description();

  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
    async makeTable(name = described.TableName) {
      await client.send(new CreateTableCommand({ ...described, TableName: name }));
    },
  };
}

/** What an emulator takes of the table's description. On a laptop the stage is the one that nobody names. */
async function description(): Promise<CreateTableCommandInput> {
  const {
    service,
    resources: [{ Resources }],
  } = parse(await readFile(new URL('../serverless.yml', import.meta.url), 'utf8'), {
    logLevel: 'error', // the short forms of intrinsic functions are unknown to YAML, and not needed here
  });
  const { AttributeDefinitions, KeySchema, BillingMode } = Resources.Table.Properties;
  return { TableName: `${service}-dev`, AttributeDefinitions, KeySchema, BillingMode };
}
