import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GlobalDatastores } from '../../client/index.ts';
import { stackName } from '../../local/environment.ts';
import type { RecordedChange, RecordedOperation } from '../../tools/release/recordedWorld.ts';
import { until } from '../support/emulator.ts';
import { startLocalApi } from '../support/npmStart.ts';

// Each folder that is named after a version has the records that this release stored until it was killed, and its client
// (npm run records).

interface Release {
  readonly WrittenAt: string;
  readonly Changes: readonly RecordedChange[];
  readonly Operations: readonly RecordedOperation[];
}

const recordsFolder = new URL('./', import.meta.url).pathname;
const versions = readdirSync(recordsFolder).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const team = 'arn:aws:sts::123456789012:assumed-role/TeamA/ci';

it('has the records of a release', () => {
  expect(versions).not.toEqual([]);
});

describe.each(versions)('the records of %s', (version) => {
  const folder = join(recordsFolder, version);
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { WrittenAt, Changes, Operations }: Release = read('release.json');
  const state = join(mkdtempSync(join(tmpdir(), 'release-')), 'state');
  let url = '';
  let elastiCache = '';
  let close = async () => {};

  /** Starts the current functions with a clock one minute after the records were written. The operations still run then. */
  beforeAll(async () => {
    cpSync(join(folder, 'elasticache.json'), state);
    cpSync(join(folder, 'operations.json'), `${state}.operations`);
    const clock = {
      NODE_OPTIONS: `--import ${new URL('../support/clock.ts', import.meta.url)}`,
      CLOCK_OFFSET_MS: String(Date.parse(WrittenAt) + 60_000 - Date.now()),
    };
    const table = spawn('node', ['test/support/tableProcess.ts'], { env: { ...process.env, ...clock } });
    const [line] = (await once(table.stdout, 'data')) as [Buffer];
    const tableUrl = line.toString().trim();
    await fill(tableUrl, read('table.json'));
    const api = await startLocalApi(['--state', state], {
      AWS_ENDPOINT_URL_DYNAMODB: tableUrl,
      POLICY_FILE: join(folder, 'policy.json'),
      ...clock,
    });
    close = async () => {
      api.child.kill('SIGKILL');
      await api.exitCode;
      table.kill('SIGKILL');
    };
    url = api.url;
    elastiCache = /emulator at (http:[^\s"]+)/.exec(api.output.out)?.[1] ?? '';
  });

  afterAll(async () => {
    await close();
    rmSync(join(state, '..'), { recursive: true, force: true });
  });

  async function send(method: string, path: string, { body, caller = team, key }: Sent = {}) {
    const headers = { 'x-local-caller': caller, ...(key && { 'idempotency-key': key }) };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the response of any route
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  }

  const membersOf = async (name: string) => {
    const { body } = await send('GET', `/global-datastores/ldgnf-${name}`);
    const { Members } = body.GlobalReplicationGroup as { Members: { ReplicationGroupRegion: string; Role: string }[] };
    return Object.fromEntries(Members.map(({ ReplicationGroupRegion, Role }) => [ReplicationGroupRegion, Role]));
  };

  const readGroup = async (region: string, ReplicationGroupId: string) => {
    const client = new ElastiCacheClient({ region, endpoint: elastiCache, credentials });
    const found = await client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
    client.destroy();
    return found.ReplicationGroups?.[0];
  };

  /** Returns the number of changes of datastores that AWS has accepted since the last read. */
  async function acceptedChanges(): Promise<number> {
    const response = await fetch(`${elastiCache}/_emulator/calls`, { method: 'DELETE' });
    const { Calls } = (await response.json()) as { Calls: { Action: string; Code: string | null }[] };
    return Calls.filter(({ Action, Code }) => Action === 'ModifyGlobalReplicationGroup' && !Code).length;
  }

  describe('a retry with the key of a change', () => {
    it.each([
      ['completed', 0],
      ['applied', 0],
      ['released', 1],
      ['unknown', 1],
      ['claimed', 1],
      ['sent', 1],
    ] as const)('that was %s reaches the goal with %i calls', async (point, calls) => {
      const change = Changes.find(({ Point }) => Point === point) as RecordedChange;
      await acceptedChanges();

      const retry = () =>
        send(change.Method, change.Path, { caller: change.Caller, key: change.Key, body: change.Body });
      const { status, headers, body } = await retry();
      const accepted = await acceptedChanges();
      const isReplay = headers.get('idempotency-replayed') === 'true';

      expect([200, 202], JSON.stringify(body)).toContain(status);
      expect(accepted).toBe(calls);
      expect(isReplay).toBe(point === 'completed');
      if (isReplay) expect({ status, body }).toEqual(change.Response);
      await until(async () => {
        const { GlobalReplicationGroup } = (await send('GET', change.Path)).body;
        return GlobalReplicationGroup.CacheNodeType === 'cache.r7g.xlarge';
      });
    });

    it('is refused with another payload', async () => {
      const { Method, Path, Key, Caller } = Changes.find(({ Point }) => Point === 'completed') as RecordedChange;

      const body = { CacheNodeType: 'cache.r7g.2xlarge' };
      const refused = await send(Method, Path, { caller: Caller, key: Key, body });

      expect(refused.body.code).toBe('IdempotencyKeyReused');
    });
  });

  it('lists its audit entries', async () => {
    const { body } = await send('GET', '/global-datastores/ldgnf-released/audit');

    const written = (body.AuditEntries as { Time: string; Outcome: string }[]).filter(({ Time }) => Time < WrittenAt);
    expect(written.map(({ Outcome }) => Outcome)).toEqual(['refused']);
  });

  it('keeps the cool-down of a failover', async () => {
    const body = { PrimaryRegion: 'us-east-1' };
    const refused = await send('POST', '/global-datastores/ldgnf-moved/failover', { body });

    expect(refused.body.checks).toMatchObject([{ Id: 'policy-failover-cooldown' }]);
  });

  describe('an operation that was running', () => {
    const ended = async (kind: string) => {
      const { OperationId } = Operations.find(({ Kind }) => Kind === kind) as RecordedOperation;
      const readOperation = async () => (await send('GET', `/operations/${OperationId}`)).body.Operation;
      await until(async () => (await readOperation()).Status !== 'RUNNING', 40_000);
      return readOperation();
    };
    it.each(Operations)('is of the kind $Kind', ({ OperationId }) => {
      const all: { name: string; status: string; steps: object[] }[] = read('operations.json');
      const stored = all.find((one) => one.name === OperationId);

      expect(stored?.status).toBe('RUNNING');
      expect(JSON.stringify(stored?.steps)).toMatch(/LastRefusal|Hold until/);
    });

    const everywhere = { 'us-east-1': 'SECONDARY', 'eu-west-1': 'SECONDARY', 'ap-southeast-2': 'SECONDARY' };

    it('creates the missing members', async () => {
      expect(await ended('CREATE')).toMatchObject({ Status: 'SUCCEEDED' });
      expect(await membersOf('created')).toEqual({ ...everywhere, 'us-east-1': 'PRIMARY' });
    });

    it('reaches its topology', async () => {
      expect(await ended('APPLY')).toMatchObject({ Status: 'SUCCEEDED' });
      expect(await membersOf('grown')).toEqual({ ...everywhere, 'eu-west-1': 'PRIMARY' });
    });

    it('ends its hold and promotes the former primary', async () => {
      expect(await ended('DRILL')).toMatchObject({ Status: 'SUCCEEDED' });
      expect(await membersOf('drilled')).toEqual({ 'us-east-1': 'PRIMARY', 'eu-west-1': 'SECONDARY' });
    });

    it('deletes its datastore', async () => {
      expect(await ended('DELETE')).toMatchObject({ Status: 'SUCCEEDED', Result: { Standalone: { length: 2 } } });
      expect((await send('GET', '/global-datastores/ldgnf-removed')).status).toBe(404);
    });

    it('changes the token of each member', async () => {
      expect(await ended('ROTATE_AUTH_TOKEN')).toMatchObject({ Status: 'SUCCEEDED' });
      const changedAt = await Promise.all(
        [readGroup('us-east-1', 'rotated-use1'), readGroup('eu-west-1', 'rotated-eu-west-1')].map(
          async (group) => (await group)?.AuthTokenLastModifiedDate?.getTime() ?? 0,
        ),
      );
      expect(changedAt[0]).toBeGreaterThan(Date.parse(WrittenAt));
      expect(changedAt[1]).toBeLessThan(Date.parse(WrittenAt));
    });

    it('releases its admission when it ends', async () => {
      await ended('CREATE');
      const Members = [
        { ReplicationGroupId: 'created-use1', ReplicationGroupRegion: 'us-east-1', Role: 'PRIMARY' },
        { ReplicationGroupId: 'created-eu-west-1', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' },
      ];

      const next = await send('PUT', '/global-datastores/ldgnf-created/topology', { body: { Members } });

      expect(next.status, JSON.stringify(next.body)).toBe(202);
    });
  });
});

describe.each(versions)('the client of %s', (version) => {
  const state = join(mkdtempSync(join(tmpdir(), 'client-')), 'state');
  const called = new Set<string>();
  let client: GlobalDatastores;
  let secretArn = '';
  let close = async () => {};

  beforeAll(async () => {
    const { url, output, child, exitCode } = await startLocalApi(['--state', state], {});
    const endpoint = /emulator at (http:[^\s"]+)/.exec(output.out)?.[1] ?? '';
    close = async () => {
      child.kill('SIGKILL');
      await exitCode;
    };
    secretArn = await createSecret(endpoint);
    const { globalDatastores } = await import(`./${version}/client.mjs`);
    client = recording(globalDatastores({ url }), called);
  });

  afterAll(async () => {
    await close();
    rmSync(join(state, '..'), { recursive: true, force: true });
  });

  const GlobalReplicationGroupId = 'ldgnf-walk';
  const primary = { ReplicationGroupRegion: 'us-east-1', ReplicationGroupId: 'sessions-use1' };
  const europe = { ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: 'walk-euw1' };
  const stable = () => client.waitUntilStable(GlobalReplicationGroupId, { seconds: 60 });

  it('calls the operations that need no datastore', async () => {
    expect(await client.getHealth({})).toBeDefined();
    expect(await client.getReady({})).toBeDefined();
    expect((await client.getOpenApi({})).paths).toBeDefined();
    expect(await client.getProblem({ Code: 'OperationRunning' })).toBeDefined();
    const { ReplicationGroups } = await client.listReplicationGroups({ Region: 'us-east-1' });
    expect(ReplicationGroups.map(({ ReplicationGroupId }) => ReplicationGroupId)).toContain('sessions-use1');
    expect(
      (await client.getReplicationGroup({ Region: 'us-east-1', ReplicationGroupId: 'sessions-use1' })).ReplicationGroup,
    ).toMatchObject({ Status: 'available' });
  });

  it('creates a datastore with a secondary, and changes it', async () => {
    await client.createGlobalDatastore({
      GlobalReplicationGroupIdSuffix: 'walk',
      PrimaryReplicationGroupId: 'sessions-use1',
    });
    expect(await stable()).toMatchObject({ Status: 'primary-only' });
    const member = { GlobalReplicationGroupId, ...europe };
    expect(await client.dryRun('addMember', member)).toMatchObject({ Valid: true });
    await client.addMember(member, { wait: 20 });
    const change = { GlobalReplicationGroupId, CacheNodeType: 'cache.r7g.xlarge' };
    await client.modifyGlobalDatastore(change);
    expect(await client.waitUntilApplied('modifyGlobalDatastore', change, { seconds: 60 })).toMatchObject(change);
    await client.modifyMember({ ...member, SnapshotRetentionLimit: 3 }, { wait: 20 });
    await stable();
    await client.scaleNodeGroups({ GlobalReplicationGroupId, NodeGroupCount: 3 }, { wait: 20 });
    await client.rebalanceSlots({ GlobalReplicationGroupId }, { wait: 20 });
    expect((await client.getGlobalDatastore({ GlobalReplicationGroupId })).GlobalReplicationGroup).toMatchObject({
      GlobalNodeGroups: { length: 3 },
    });
    expect((await client.listGlobalDatastores({})).GlobalReplicationGroups).toHaveLength(1);
    expect(await client.getReplication({ GlobalReplicationGroupId })).toBeDefined();
    expect(await client.getConnection({ GlobalReplicationGroupId })).toBeDefined();
  });

  it('fails over, and applies a topology', async () => {
    await client.failoverGlobalDatastore({ GlobalReplicationGroupId, PrimaryRegion: 'eu-west-1' }, { wait: 20 });
    const { OperationId = '' } = await client.applyTopology({
      GlobalReplicationGroupId,
      Members: [
        { ...primary, Role: 'PRIMARY' },
        { ...europe, Role: 'SECONDARY' },
      ],
    });
    expect(await client.waitForOperation(OperationId, { seconds: 60 })).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await client.getOperation({ OperationId })).Operation.OperationId).toBe(OperationId);
    const { Operations } = await client.listOperations({ GlobalReplicationGroupId });
    expect(Operations.map((one) => one.OperationId)).toContain(OperationId);
    expect((await client.getAudit({ GlobalReplicationGroupId })).AuditEntries.length).toBeGreaterThan(5);
  });

  it('runs a drill', async () => {
    const home = { GlobalReplicationGroupId };
    const { OperationId = '' } = await client.startDrill({
      ...home,
      PrimaryRegion: 'eu-west-1',
      HoldSeconds: 0,
      Reason: 'records',
    });
    expect(await client.waitForOperation(OperationId, { seconds: 60 })).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await client.listDrills(home)).Drills).toHaveLength(1);
  });

  it('reads a refusal with its code and its checks', async () => {
    await expect(client.cancelOperation({ OperationId: 'ldgnf-walk_0123456789abcdef' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      client.rotateAuthToken({ GlobalReplicationGroupId, AuthTokenSecretArn: secretArn }),
    ).rejects.toMatchObject({ name: 'GlobalDatastoreError', checks: [{ Outcome: 'fail' }] });
    await expect(client.deleteGlobalDatastore({ GlobalReplicationGroupId })).rejects.toMatchObject({
      code: 'SecondariesAttached',
    });
  });

  it('removes the secondary and deletes the datastore', async () => {
    await client.removeMember({ GlobalReplicationGroupId, ...europe }, { wait: 20 });
    await stable();
    await client.deleteGlobalDatastore({ GlobalReplicationGroupId });
    expect(await stable()).toBeUndefined();
  });

  it('has called each of its operations', () => {
    const all = Object.keys(client).filter((name) => !/^(request|pages|dryRun|waitUntilStable|waitUntilApplied|waitForOperation)$/.test(name));
    expect(all.filter((name) => !called.has(name))).toEqual([]);
  });
});

interface Sent {
  readonly body?: object;
  readonly caller?: string;
  readonly key?: string;
}

async function fill(endpoint: string, items: PutItemCommand['input']['Item'][]): Promise<void> {
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials });
  for (const Item of items) await client.send(new PutItemCommand({ TableName: stackName, Item }));
  client.destroy();
}

async function createSecret(endpoint: string): Promise<string> {
  const secrets = new SecretsManagerClient({ region: 'us-east-1', endpoint, credentials });
  const secret = await secrets.send(new CreateSecretCommand({ Name: 'elasticache/walk', SecretString: 'a-token-for-walks' }));
  return secret.ARN ?? '';
}

/** Returns a client that adds the name of each called method to `called`. */
const recording = (client: GlobalDatastores, called: Set<string>): GlobalDatastores =>
  new Proxy(client, {
    get(target, name: string) {
      called.add(name);
      return Reflect.get(target, name);
    },
  });
