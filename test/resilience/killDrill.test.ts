import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetDurableExecutionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, expect, test } from 'vitest';
import type { Goal } from '../../src/operations/goal.ts';
import type { Progress } from '../../src/operations/reconcile.ts';
import { datastores } from '../support/datastore.ts';
import { startEmulator, until } from '../support/emulator.ts';
import { createRelay, type RelayedCall } from '../support/relay.ts';
import { startTable } from '../support/table.ts';

/** `npm run prove:kill` kills at every call, which takes some minutes. */
const isExhaustive = process.env.PROVE === '1';

/** The point at which a drill is killed: before or after a call, given by its number or by its action and its count. */
type KillPoint =
  | { readonly call: number; readonly phase: RelayedCall['phase'] }
  | { readonly action: string; readonly time: number; readonly phase: RelayedCall['phase'] };

const emulator = await startEmulator({ transitionMs: 60 });
const table = await startTable();
const { make, waitUntilStable } = datastores(emulator);
const relays = [createRelay(), createRelay()] as const;
const [elasticache, dynamodb] = [await relays[0].listen(emulator.url), await relays[1].listen(table.url)];
const folder = await mkdtemp(join(tmpdir(), 'drill-'));
const engines: ChildProcess[] = [];
afterAll(async () => {
  for (const engine of engines) engine.kill('SIGKILL');
  for (const relay of relays) relay.close();
  await rm(folder, { recursive: true });
});

async function startEngine(stateFile: string): Promise<{ engine: ChildProcess; lambda: LambdaClient }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = {
    PATH,
    NODE_COMPILE_CACHE,
    AWS_REGION: 'us-east-1',
    REGIONS: 'us-east-1,eu-west-1',
    AWS_ENDPOINT_URL_ELASTICACHE: elasticache,
    AWS_ENDPOINT_URL_CLOUDWATCH: emulator.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    ...table.environment,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    RECONCILE_INTERVAL_SECONDS: '1',
    LOG: 'off',
  };
  const engine = spawn('node', ['test/support/durableProcess.ts', stateFile, '0', '100'], { env });
  engines.push(engine);
  const [port] = await once(engine.stdout, 'data');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    engine,
    lambda: new LambdaClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials }),
  };
}

const keyOf = (name: string, region: string) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
});

function goalOf(name: string): Goal {
  const [Origin, Target] = [keyOf(name, 'us-east-1'), keyOf(name, 'eu-west-1')];
  return {
    Kind: 'DRILL',
    GlobalReplicationGroupId: `ldgnf-${name}`,
    Members: [
      { ...Origin, Role: 'PRIMARY' },
      { ...Target, Role: 'SECONDARY' },
    ],
    Known: [Origin, Target],
    OnFailure: 'keep',
    AcceptedAt: new Date().toISOString(),
    OperationId: `ldgnf-${name}_drill`,
    Drill: { Origin, Target, HoldSeconds: 1, Reason: 'Killed' },
  };
}

/** Runs a drill in a process, kills the process at `killPoint` if one is given, and resumes the drill in a second process. */
async function runKilled(killPoint: KillPoint | undefined) {
  const name = `k${randomUUID().slice(0, 8)}`;
  await make(name, ['eu-west-1']);
  await emulator.calls();
  const stateFile = join(folder, name);
  const first = await startEngine(stateFile);
  const trace: string[] = [];
  for (const relay of relays) {
    relay.watch(({ action, phase }) => {
      if (phase === 'before') trace.push(action);
      if (!isKillPoint(killPoint, { action, phase }, trace)) return undefined;
      first.engine.kill('SIGKILL');
      return new Promise(() => {}); // the call never returns
    });
  }
  const goal = goalOf(name);
  const { DurableExecutionArn } = await first.lambda.send(
    new InvokeCommand({
      FunctionName: 'reconcile',
      Qualifier: 'durable',
      InvocationType: 'Event',
      DurableExecutionName: goal.OperationId,
      Payload: Buffer.from(JSON.stringify(goal)),
    }),
  );
  const read = (lambda: LambdaClient) => lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
  const hasEnded = async (lambda: LambdaClient) => (await read(lambda)).Status !== 'RUNNING';
  const isKilled = () => first.engine.exitCode !== null || first.engine.signalCode !== null;
  await until(async () => isKilled() || (await hasEnded(first.lambda).catch(() => false)), 30_000);
  for (const relay of relays) if (killPoint) relay.watch(() => {});
  const { engine, lambda } = isKilled() ? await startEngine(stateFile) : first; // a run without that call is not killed
  await until(() => hasEnded(lambda), 30_000);
  const { Status, Result = '{}', Error: error } = await read(lambda);
  engine.kill('SIGKILL');
  const { Members = [] } = await waitUntilStable(goal.GlobalReplicationGroupId);
  const promotions = (await emulator.calls())
    .filter(({ Action, Code }) => Action === 'FailoverGlobalReplicationGroup' && !Code)
    .map(({ Region }) => Region);
  const primary = Members.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;
  return { Status, error, progress: JSON.parse(Result) as Progress, promotions, primary, trace };
}

function isKillPoint(
  killPoint: KillPoint | undefined,
  { action, phase }: RelayedCall,
  trace: readonly string[],
): boolean {
  if (killPoint?.phase !== phase) return false;
  if ('call' in killPoint) return killPoint.call === trace.length;
  return killPoint.action === action && killPoint.time === trace.filter((each) => each === action).length;
}

const promote = 'FailoverGlobalReplicationGroup';

const killPoints: [string, KillPoint][] = [
  ['before the promotion', { action: promote, time: 1, phase: 'before' }],
  ['after AWS has accepted the promotion', { action: promote, time: 1, phase: 'after' }],
  ['before the failback', { action: promote, time: 2, phase: 'before' }],
  ['after AWS has accepted the failback', { action: promote, time: 2, phase: 'after' }],
];
const { trace } = await runKilled(undefined);
killPoints.push(['before its last call', { call: trace.length, phase: 'before' }]);
if (isExhaustive) {
  for (const [index, action] of trace.entries())
    for (const phase of ['before', 'after'] as const)
      killPoints.push([`${phase} call ${index + 1}, ${action}`, { call: index + 1, phase }]);
}

test.each(killPoints)(
  'A drill whose process is killed %s resumes: one failover, one failback, with all times',
  async (_, killPoint) => {
    const { Status, error, progress, promotions, primary } = await runKilled(killPoint);

    expect([Status, error?.ErrorMessage]).toEqual(['SUCCEEDED', undefined]);
    expect(promotions).toEqual(['eu-west-1', 'us-east-1']);
    expect(primary).toBe('us-east-1');
    for (const way of [progress.Drill?.There, progress.Drill?.Back]) {
      const times = [way?.AcceptedAt, way?.PrimaryAt, way?.AvailableAt];
      expect(times).toEqual(times.map(() => expect.any(String)));
      expect(times).toEqual(times.toSorted());
    }
  },
  60_000,
);
