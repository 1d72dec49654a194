import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApi } from '../support/api.ts';
import { startBlackHole } from '../support/blackHole.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { createRelay } from '../support/relay.ts';

// An evacuation moves fifty datastores out of us-east-1, which drops every packet. Meanwhile AWS throttles and refuses calls,
// and the durable engine is killed at intervals. `PROVE=1` kills it more often.

const isProof = process.env.PROVE === '1';
/** The number of kills of the engine, and the number of points (before and after each call) between two kills. */
const [kills, distance] = isProof ? [40, 61] : [4, 211];
const count = 50;

const blackHole = await startBlackHole();
const port = await findFreePort();
const engineUrl = `http://127.0.0.1:${port}`;
const { call, emulator, table } = await startApi({
  regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
  environment: {
    AWS_ENDPOINT_URL_ELASTICACHE_US_EAST_1: blackHole.url,
    AWS_ENDPOINT_URL_LAMBDA: engineUrl,
    RECONCILE_FUNCTION: 'reconcile',
    RECONCILE_INTERVAL_SECONDS: '1',
    REGION_MS: '1000',
  },
});
const relays = [createRelay(), createRelay()] as const;
const engine = await createEngine();
afterAll(async () => {
  await engine.kill();
  blackHole.close();
  for (const relay of relays) relay.close();
});

const ids: string[] = [];
beforeAll(async () => {
  const { make } = datastores(emulator);
  const names = Array.from({ length: count }, (_, index) => `lost${index}`);
  ids.push(...(await Promise.all(names.map((name) => make(name, ['eu-west-1'])))));
  await make('without-secondary');
});

describe('an evacuation of fifty datastores', () => {
  it('moves each of them once while the engine is killed, AWS throttles and the region does not respond', async () => {
    await emulator.calls();
    const killer = killAtIntervals();
    await engine.start();

    const start = performance.now();
    const { status, headers, body } = await call('POST /evacuations', {
      body: { FromRegion: 'us-east-1', MaxAtOnce: 20, Reason: 'us-east-1 is silent' },
    });
    expect(status, JSON.stringify(body)).toBe(202);
    for (const Action of ['FailoverGlobalReplicationGroup', 'DescribeGlobalReplicationGroups'])
      await emulator.fail({ Action, Name: 'ThrottlingException', Times: 10 });
    await emulator.fail({
      Action: 'FailoverGlobalReplicationGroup',
      Name: 'InvalidGlobalReplicationGroupStateFault',
      Times: 10,
    });
    const read = async () => {
      const reply = await call(`GET ${headers.location}`).catch(() => undefined);
      return reply?.status === 200 ? reply.body.Evacuation : { Status: 'RUNNING' }; // the engine may be down
    };
    await until(async () => (await read()).Status !== 'RUNNING', isProof ? 600_000 : 50_000);
    const evacuation = await read();
    process.stdout.write(
      `${count} datastores, ${killer.kills()} kills: ${((performance.now() - start) / 1000).toFixed(1)} s\n`,
    );

    expect(evacuation.Summary).toEqual({
      Done: count,
      UnderWay: 0,
      Waiting: 0,
      Refused: 1,
      ByFailover: count,
      ByDetach: 0,
    });
    expect(evacuation.Datastores.filter(({ Status }: { Status: string }) => Status === 'REFUSED')).toMatchObject([
      { GlobalReplicationGroupId: 'ldgnf-without-secondary', Code: 'MemberNotFound' },
    ]);
    const writers = evacuation.Datastores.flatMap(
      ({ Writer }: { Writer?: { Region: string } }) => Writer?.Region ?? [],
    );
    expect(writers).toEqual(Array.from({ length: count }, () => 'eu-west-1'));
    expect(killer.kills()).toBeGreaterThan(0);

    const calls = await emulator.calls();
    const failovers = calls.filter(({ Action, Code }) => Action === 'FailoverGlobalReplicationGroup' && !Code);
    expect(failovers).toHaveLength(count);
    expect(calls.filter(({ Region }) => Region === 'us-east-1')).toEqual([]);
    const operations = await operationsOf(ids);
    expect(operations).toHaveLength(count);
  }, 700_000);
});

describe('where a region lists only the datastores with a member in it', async () => {
  vi.resetModules();
  const durable = await startDurable({ secondMs: 50 });
  const api = await startApi({
    regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
    globalScope: 'member-regions',
    environment: {
      AWS_ENDPOINT_URL_ELASTICACHE_US_EAST_1: blackHole.url,
      AWS_ENDPOINT_URL_LAMBDA: durable.url,
      RECONCILE_FUNCTION: 'global-datastore-api-dev-reconcile',
      RECONCILE_INTERVAL_SECONDS: '1',
      REGION_MS: '1000',
    },
  });
  const { make } = datastores(api.emulator);
  const [first, second] = [await make('first', ['eu-west-1']), await make('second', ['eu-west-1'])];

  it.each([
    ['FAILOVER', first, undefined],
    ['DETACH', second, 'InvalidGlobalReplicationGroupStateFault'],
  ])('a region that does not respond does not delay a move by %s, and is not called', async (Way, id, Name) => {
    if (Name) await api.emulator.fail({ Action: 'FailoverGlobalReplicationGroup', Name, Times: 1000 });
    await api.emulator.calls();

    const { status, headers, body } = await api.call('POST /evacuations', {
      body: { FromRegion: 'us-east-1', GlobalReplicationGroupIds: [id], DetachAfterSeconds: 2, Reason: 'it is lost' },
    });
    expect(status, JSON.stringify(body)).toBe(202);
    const read = async () => (await api.call(`GET ${headers.location}`)).body.Evacuation;
    await until(async () => (await read()).Status !== 'RUNNING', 20_000);

    expect((await read()).Datastores).toMatchObject([
      { Status: 'DONE', Way, Writer: { Region: 'eu-west-1', Port: 6379 } },
    ]);
    const calls = await api.emulator.calls();
    expect(calls.filter(({ Region }) => Region === 'us-east-1')).toEqual([]);
    const moves = calls.filter(({ Action, Code }) => /^(Failover|Disassociate)/.test(Action) && !Code);
    expect(moves.map(({ Action, Region }) => [Action, Region])).toEqual([
      [Name ? 'DisassociateGlobalReplicationGroup' : 'FailoverGlobalReplicationGroup', 'eu-west-1'],
    ]);
  });
});

/** Returns the ids of these datastores, once for each of their operations. */
async function operationsOf(datastoreIds: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let next: string | undefined = '/operations?MaxRecords=100';
  while (next) {
    const { body, headers }: Awaited<ReturnType<typeof call>> = await call(`GET ${next}`);
    found.push(...body.Operations.map((one: { GlobalReplicationGroupId: string }) => one.GlobalReplicationGroupId));
    next = headers.link?.match(/<([^>]*)>; rel="next"/)?.[1];
  }
  return found.filter((id) => datastoreIds.includes(id));
}

/** Kills and restarts the engine at calls of AWS, before they reach AWS or after they have taken effect. */
function killAtIntervals() {
  let calls = 0;
  let killCount = 0;
  for (const relay of relays)
    relay.watch(({ phase }) => {
      calls++;
      if (killCount >= kills || calls < 37 + killCount * distance) return undefined;
      killCount++;
      void engine.kill().then(engine.start);
      return phase === 'before' ? new Promise(() => {}) : undefined;
    });
  return { kills: () => killCount };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: freePortNumber } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return freePortNumber;
}

/** Creates a durable engine that `start` runs as a child process, on the same port after each kill. */
async function createEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'evacuation-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_ELASTICACHE: await relays[0].listen(emulator.url),
    AWS_ENDPOINT_URL_DYNAMODB: await relays[1].listen(table.url),
  };
  let child: ChildProcess | undefined;
  return {
    async start(): Promise<void> {
      const args = ['test/support/durableProcess.ts', join(folder, 'state'), String(port), '200'];
      child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
    },

    async kill(): Promise<void> {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
