import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as esbuild from 'esbuild';
import { startDynamoDB } from '../../local/dynamoDb.ts';
import { stackName } from '../../local/environment.ts';
import { startLocalApi } from '../localApi.ts';
import { createWorld, type World } from './recordedWorld.ts';

const usage = `npm run records -- [FOLDER]

Writes into FOLDER what the present release keeps and what its callers have: the items of the table, the executions of operations
that are cut off in the middle, the state of the emulator, and the client. FOLDER must not exist. Default: test/records/VERSION.
test/records/releases.test.ts gives each of these folders to the present functions.`;

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const [folder = `test/records/${version}`, ...others] = positionals;
  if (others.length > 0) throw new Error(usage);
  if (existsSync(folder))
    throw new Error(`${folder} exists. The records of a release do not change. Name another folder.`);
  const work = mkdtempSync(join(tmpdir(), 'records-'));
  const table = await startDynamoDB();
  try {
    await table.createTable(stackName);
    const release = await record(join(work, 'state'), table.url);
    await writeFolder(folder, join(work, 'state'), { Version: version, ...release }, await readTable(table.url));
  } finally {
    table.close();
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`${folder} has the records of ${version}.`);
}

/** Runs the API, and kills it at each recovery point of a change and while operations run. */
async function record(stateFile: string, AWS_ENDPOINT_URL_DYNAMODB: string): Promise<object> {
  const POLICY_FILE = `${stateFile}.policy`;
  writeFileSync(POLICY_FILE, JSON.stringify(policy));
  const run = async <T>(work: (world: World) => Promise<T>): Promise<T> => {
    const api = await startLocalApi(['--state', stateFile], { POLICY_FILE, AWS_ENDPOINT_URL_DYNAMODB });
    return work(createWorld(api)).finally(api.kill);
  };
  const Changes = await run(async (world) => {
    await world.seed();
    return [await world.completed(), await world.released(), await world.unknown()];
  });
  Changes.push(await run((world) => world.claimed()));
  Changes.push(await run((world) => world.sent()));
  Changes.push(await run((world) => world.applied()));
  const Operations = await run(async (world) => {
    await world.failover();
    return world.operations();
  });
  return { WrittenAt: new Date().toISOString(), Changes, Operations };
}

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}`;

/** The policy of the release: one team, and operators of all. */
const policy = {
  OwnerTag: 'team',
  Owners: { [role('TeamA')]: 'a', [role('Operators')]: '*' },
  FailoverCooldownMinutes: 10,
};

async function writeFolder(folder: string, stateFile: string, release: object, items: unknown[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), `${JSON.stringify(value)}\n`);
  write('release.json', release);
  write('table.json', items);
  cpSync(stateFile, join(folder, 'elasticache.json'));
  cpSync(`${stateFile}.operations`, join(folder, 'operations.json'));
  cpSync(`${stateFile}.policy`, join(folder, 'policy.json'));
  await esbuild.build({
    entryPoints: ['client/index.ts'],
    outfile: join(folder, 'client.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    minifyWhitespace: true,
  });
}

async function readTable(endpoint: string): Promise<unknown[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: stackName }));
  client.destroy();
  return Items;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
