import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DurableOperationError, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../local/durableExecutionEngine.ts';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import { startEmulator } from '../support/emulator.ts';
import { startTable } from '../support/table.ts';

/** Counts to `to`, one step per second. Then fails if `fails` is set. */
const counter = withDurableExecution<{ to: number; fails?: boolean }, { count: number }>(
  async ({ to, fails }, context) => {
    const end = await context.waitForCondition<{ count: number }>(
      'count',
      async ({ count }) => ({ count: count + 1 }),
      {
        initialState: { count: 0 },
        waitStrategy: ({ count }) =>
          count < to ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      },
    );
    if (fails) throw new Error('It must fail.');
    return end;
  },
);

/** Waits for a callback. The result of the step `id` is the id of the callback. */
const waiter = withDurableExecution<{ seconds?: number }, string>(async ({ seconds }, context) => {
  const [response, id] = await context.createCallback('callback', seconds ? { timeout: { seconds } } : {});
  await context.step('id', async () => id);
  return response.catch((error) => (error as DurableOperationError).errorType);
});

const server = createDurableApi({ functions: { counter, waiter } });
await once(server.listen(0, '127.0.0.1'), 'listening');
afterAll(() => void server.close().closeAllConnections());
const lambda = clientAt((server.address() as AddressInfo).port);

function clientAt(port: number): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new LambdaClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials, maxAttempts: 1 });
}

const start = (DurableExecutionName: string, input: object, more: Partial<InvokeCommandInput> = {}) =>
  lambda.send(
    new InvokeCommand({
      FunctionName: 'counter',
      Qualifier: 'durable',
      InvocationType: 'Event',
      DurableExecutionName,
      Payload: Buffer.from(JSON.stringify(input)),
      ...more,
    }),
  );

const read = (DurableExecutionArn: string | undefined) =>
  lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));

async function waitForEnd(arn: string | undefined) {
  while ((await read(arn)).Status === 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 50));
  return read(arn);
}

describe('the local durable execution engine', () => {
  it('runs a function over several invocations and returns its input and result', async () => {
    const { DurableExecutionArn, StatusCode } = await start('runs', { to: 2 });

    expect(StatusCode).toBe(202);
    expect(DurableExecutionArn).toMatch(
      /^arn:aws:lambda:us-east-1:\d{12}:function:counter:1\/durable-execution\/runs\/[\w-]+$/,
    );
    expect(await waitForEnd(DurableExecutionArn)).toMatchObject({
      Status: 'SUCCEEDED',
      DurableExecutionName: 'runs',
      InputPayload: '{"to":2}',
      Result: '{"count":2}',
      StartTimestamp: expect.any(Date),
      EndTimestamp: expect.any(Date),
    });
  });

  it('returns the error of a failed function', async () => {
    const { DurableExecutionArn } = await start('fails', { to: 1, fails: true });

    expect(await waitForEnd(DurableExecutionArn)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorMessage: 'It must fail.' },
    });
  });

  it('lists the completed steps of a running function in its history', async () => {
    const { DurableExecutionArn } = await start('watched', { to: 30 });
    const history = () =>
      lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, ReverseOrder: true }));

    let payloads: (string | undefined)[] = [];
    while (payloads.length === 0) {
      const { Events = [] } = await history();
      payloads = Events.flatMap(({ StepSucceededDetails: step }) => (step ? [step.Result?.Payload] : []));
    }

    expect(payloads.at(-1)).toBe('{"count":1}');
    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn }));
  });

  it('stops a function and ignores a second stop', async () => {
    const { DurableExecutionArn } = await start('stopped', { to: 30 });

    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error: { ErrorMessage: 'Enough.' } }));
    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error: { ErrorMessage: 'Once more.' } }));
    await new Promise((resolve) => setTimeout(resolve, 1_200));

    expect(await read(DurableExecutionArn)).toMatchObject({ Status: 'STOPPED', Error: { ErrorMessage: 'Enough.' } });
  });

  /** Starts a function that waits for a callback. Returns its ARN and the id of the callback. */
  async function startWaiter(name: string, input: object): Promise<{ arn: string | undefined; CallbackId: string }> {
    const { DurableExecutionArn: arn } = await start(name, input, { FunctionName: 'waiter' });
    let id: string | undefined;
    await until(async () => {
      const { Events = [] } = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn }));
      id = Events[0]?.StepSucceededDetails?.Result?.Payload;
      return id !== undefined;
    });
    return { arn, CallbackId: JSON.parse(id ?? '') };
  }

  const respond = (CallbackId: string, Result: string) =>
    lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from(Result) }));

  it('continues a function at the response to its callback, and refuses a second response', async () => {
    const { arn, CallbackId } = await startWaiter('called', { seconds: 3_600 });

    await respond(CallbackId, 'now');

    expect(await waitForEnd(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"now"' });
    await expect(respond(CallbackId, 'again')).rejects.toThrow(
      expect.objectContaining({ name: 'CallbackTimeoutException' }),
    );
  });

  it('ends a callback without a response at its timeout', async () => {
    const { arn, CallbackId } = await startWaiter('missed', { seconds: 1 });

    expect(await waitForEnd(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"CallbackTimeoutError"' });
    await expect(respond(CallbackId, 'late')).rejects.toThrow(
      expect.objectContaining({ name: 'CallbackTimeoutException' }),
    );
  });

  it('stops a function that waits for a callback without a timeout', async () => {
    const { arn } = await startWaiter('endless', {});

    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn }));

    expect(await read(arn)).toMatchObject({ Status: 'STOPPED' });
  });

  it('returns the same execution for the same name and payload and rejects another payload', async () => {
    const first = await start('named', { to: 1 });
    await waitForEnd(first.DurableExecutionArn);
    const second = await start('named', { to: 1 });

    expect(second.DurableExecutionArn).toBe(first.DurableExecutionArn);
    await expect(start('named', { to: 2 })).rejects.toThrow(
      expect.objectContaining({ name: 'DurableExecutionAlreadyStartedException' }),
    );
  });

  it('lists executions by name and by status, with paging', async () => {
    const list = (input: object) =>
      lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'counter', ...input }));

    const named = await list({ DurableExecutionName: 'fails' });
    const failed = await list({ Statuses: ['FAILED', 'TIMED_OUT'] });
    const page = await list({ MaxItems: 1 });
    const rest = await list({ Marker: page.NextMarker });

    expect(named.DurableExecutions).toMatchObject([{ DurableExecutionName: 'fails', Status: 'FAILED' }]);
    expect(failed.DurableExecutions).toHaveLength(1);
    expect(page.DurableExecutions).toHaveLength(1);
    expect(rest.DurableExecutions?.length).toBeGreaterThan(3);
    expect(rest.NextMarker).toBeUndefined();
  });

  it.each([
    [
      'an invocation without a qualifier',
      start.bind(null, 'x', { to: 1 }, { Qualifier: undefined }),
      'InvalidParameterValueException',
    ],
    [
      'a synchronous invocation',
      start.bind(null, 'x', { to: 1 }, { InvocationType: 'RequestResponse' }),
      'InvalidParameterValueException',
    ],
    ['an unknown function', start.bind(null, 'x', { to: 1 }, { FunctionName: 'none' }), 'ResourceNotFoundException'],
    ['an invalid execution name', start.bind(null, 'with.dot', { to: 1 }), 'InvalidParameterValueException'],
    ['an unknown execution', read.bind(null, 'arn:none'), 'ResourceNotFoundException'],
    [
      'a list with an alias as qualifier',
      () => lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'counter', Qualifier: 'durable' })),
      'InvalidParameterValueException',
    ],
  ])('rejects %s', async (_, call, name) => {
    await expect(call()).rejects.toThrow(expect.objectContaining({ name }));
  });
});

describe('an engine with a state file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durable-'));
  afterAll(() => rm(folder, { recursive: true }));

  it('continues from the checkpoint after a restart', async () => {
    const functions = { counter };
    const stateFile = join(folder, 'state');
    const before = createEngine({ functions, stateFile });
    const { arn, steps } = before.start('counter', 'counts', '{"to":3}');
    while (!steps[0]?.StepDetails?.Result) await new Promise((resolve) => setTimeout(resolve, 10));
    before.close();

    const after = createEngine({ functions, stateFile });
    const execution = after.executions.find((each) => each.arn === arn);
    expect(execution).toMatchObject({ status: 'RUNNING', steps: [{ StepDetails: { Result: '{"count":1}' } }] });
    while (execution?.status === 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 10));

    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      result: '{"count":3}',
      steps: [{ StepDetails: { Attempt: 3 } }],
    });
    expect(createEngine({ functions, stateFile }).executions).toEqual([execution]);
  });

  it('waits for the same callback after a restart', async () => {
    const functions = { waiter };
    const stateFile = join(folder, 'waits');
    const before = createEngine({ functions, stateFile });
    const { steps } = before.start('waiter', 'waits', '{"seconds":3600}');
    while (steps[1]?.Status !== 'SUCCEEDED') await new Promise((resolve) => setTimeout(resolve, 10));
    before.close();

    const after = createEngine({ functions, stateFile });
    const [execution] = after.executions;
    expect(after.completeCallback(steps[0]?.CallbackDetails?.CallbackId ?? '', 'now')).toBe(true);
    while (execution?.status === 'RUNNING') await new Promise((resolve) => setTimeout(resolve, 10));

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '"now"' });
  });
});

describe('an execution whose process is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durable-'));
  const children: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const emulator = await startEmulator({ transitionMs: 1_500 });
  const table = await startTable();

  async function startEngine(): Promise<{ engine: ChildProcess; client: LambdaClient }> {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = {
      PATH,
      NODE_COMPILE_CACHE,
      AWS_REGION: 'us-east-1',
      REGIONS: 'us-east-1,eu-west-1',
      AWS_ENDPOINT_URL_ELASTICACHE: emulator.url,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
      ...table.environment,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      RECONCILE_INTERVAL_SECONDS: '1',
    };
    const child = spawn('node', ['test/support/durableProcess.ts', join(folder, 'state')], { env });
    children.push(child);
    const [port] = await once(child.stdout, 'data');
    return { engine: child, client: clientAt(Number(port)) };
  }

  it('continues when the engine restarts and creates nothing twice', async () => {
    await emulator.seed('orders-use1');
    const { GlobalReplicationGroupId = '' } = await createDatastore();
    const key = { ReplicationGroupId: 'orders-use1', ReplicationGroupRegion: 'us-east-1' };
    const secondary = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', Role: 'SECONDARY' };
    const goal = {
      Kind: 'CREATE',
      GlobalReplicationGroupId,
      Members: [{ ...key, Role: 'PRIMARY' }, secondary],
      Known: [key],
      OnFailure: 'keep',
    };
    await emulator.calls();
    const first = await startEngine();
    const { DurableExecutionArn } = await first.client.send(
      new InvokeCommand({
        FunctionName: 'reconcile',
        Qualifier: 'durable',
        InvocationType: 'Event',
        DurableExecutionName: 'killed',
        Payload: Buffer.from(JSON.stringify(goal)),
      }),
    );
    await until(async () => (await emulator.calls()).some(({ Action }) => Action === 'CreateReplicationGroup'));

    first.engine.kill('SIGKILL');
    await once(first.engine, 'exit');
    const { client } = await startEngine();

    const status = async () => (await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).Status;
    await until(async () => (await status()) !== 'RUNNING');
    expect(await status()).toBe('SUCCEEDED');
    expect((await emulator.calls()).map(({ Action }) => Action)).not.toContain('CreateReplicationGroup');
    expect(await readdir(folder)).toEqual(['state']);
  }, 60_000);

  async function createDatastore() {
    const elasticache = emulator.client('us-east-1');
    const { GlobalReplicationGroup } = await elasticache.send(
      new CreateGlobalReplicationGroupCommand({
        GlobalReplicationGroupIdSuffix: 'orders',
        PrimaryReplicationGroupId: 'orders-use1',
      }),
    );
    return GlobalReplicationGroup ?? {};
  }
});

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 50));
}
