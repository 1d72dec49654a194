import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startDynamoDB } from '../../local/dynamoDb.ts';
import { until } from '../support/emulator.ts';
import { findFreePort, runNpmStart, startLocalApi } from '../support/npmStart.ts';

const folder = await mkdtemp(join(tmpdir(), 'state-'));
afterAll(() => rm(folder, { recursive: true }));
const port = await findFreePort();
const start = () => startLocalApi(['--state', join(folder, 'state')], { PORT: `${port}` });

type Api = Awaited<ReturnType<typeof start>>;

/** Creates a datastore with a secondary in Europe. The operation takes several seconds. */
function create({ url }: Api, name: string, primary: string) {
  return fetch(`${url}/global-datastores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `key-of-${name}` },
    body: JSON.stringify({
      GlobalReplicationGroupIdSuffix: name,
      PrimaryReplicationGroupId: primary,
      Secondaries: [{ ReplicationGroupId: `${name}-euw1`, ReplicationGroupRegion: 'eu-west-1' }],
      OnFailure: 'teardown',
    }),
  });
}

async function read({ url }: Api, path: string) {
  const response = await fetch(`${url}${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Resources;
}

interface Resources {
  readonly Operation: { readonly Status: string };
  readonly AuditEntries: readonly { readonly Time: string; readonly Outcome: string }[];
}

const operationOf = (response: Response) => response.headers.get('link')?.match(/<(.*)>/)?.[1] ?? '';

/** Returns the audit entries of a datastore, oldest first. */
const auditTrailOf = async (api: Api, name: string) =>
  (await read(api, `/global-datastores/ldgnf-${name}/audit`)).AuditEntries.toReversed();

describe('npm start -- --state', () => {
  it.each<[NodeJS.Signals, string, string]>([
    ['SIGTERM', 'orders', 'orders-use1'],
    ['SIGKILL', 'sessions', 'sessions-use1'],
  ])('resumes its operations, records and resources after %s', async (signal, name, primary) => {
    const before = await start();
    const created = await create(before, name, primary);
    const body = await created.json();
    const operation = operationOf(created);
    const trail = await auditTrailOf(before, name);
    before.child.kill(signal);
    await before.exitCode;

    const after = await start();
    const replayed = await create(after, name, primary);

    expect(created.status).toBe(202);
    expect(trail).not.toEqual([]);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    expect(await replayed.json()).toEqual(body);
    expect((await auditTrailOf(after, name)).slice(0, trail.length)).toEqual(trail);
    await until(async () => (await read(after, operation)).Operation.Status !== 'RUNNING', 40_000);
    expect(await auditTrailOf(after, name)).toHaveLength(2);
    expect(await read(after, operation)).toMatchObject({
      Operation: { Status: 'SUCCEEDED', Actual: { Status: 'available', Members: { length: 2 } } },
    });
    after.child.kill(signal);
    await after.exitCode;
  });
});

describe('npm start with a state that it cannot use', () => {
  const damagedFile = async (file: string) => writeFileSync(file, '{"version":');
  const damagedFolder = async (file: string) => {
    await mkdir(file);
    writeFileSync(join(file, 'CURRENT'), 'nothing');
  };

  it.each<[string, string, (file: string) => Promise<unknown>, RegExp]>([
    ['a damaged file', '', damagedFile, /is damaged.* Delete it/],
    ['a file that cannot be read', '', (file) => mkdir(file), /cannot be read.* name another file/],
    ['damaged operations', '.operations', damagedFile, /is damaged.* Delete it/],
    ['damaged records', '.records', damagedFolder, /cannot be opened.* Delete it/],
    ['records that another process uses', '.records', (file) => startDynamoDB(0, file), /in use by another process/],
  ])('%s ends the start with one line', async (_, suffix, prepare, reason) => {
    const file = join(await mkdtemp(join(folder, 'unusable-')), 'state');
    await prepare(`${file}${suffix}`);

    const { output, exitCode } = runNpmStart(['--state', file], { PORT: `${port}` });

    expect(await exitCode).toBe(1);
    expect(output.err).toMatch(/^npm start failed: [^\n]+\n$/);
    expect(output.err).toMatch(reason);
    expect(output.err).toContain(`${file}${suffix}`);
  });
});
