import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startLocalCloudFormation } from '../support/localCloudFormation.ts';
import { type RecordedResponse, startRecordedAws } from '../support/recordedAws.ts';

const folder = await mkdtemp(join(tmpdir(), 'remove-'));
await mkdir(join(folder, 'environments'));
afterAll(() => rm(folder, { recursive: true }));

const json = (body: object, status = 200): RecordedResponse => ({
  status,
  headers: {
    'content-type': 'application/json',
    ...(status === 404 && { 'x-amzn-errortype': 'ResourceNotFoundException' }),
  },
  body: JSON.stringify(body),
});

const list = '/2025-12-01/functions/NAME/durable-executions';
const running = json({
  DurableExecutions: [
    {
      DurableExecutionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/name/1',
      DurableExecutionName: 'ldgnf-orders_0123456789abcdef',
      FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:1',
      Status: 'RUNNING',
      StartTimestamp: 1764000000,
    },
  ],
});

interface Options {
  readonly responses?: Readonly<Record<string, RecordedResponse>>;
  readonly text?: string;
  readonly name?: string;
  readonly regions?: string;
}

/** Removes an environment with these responses of AWS. It removes no stack, because the folder has no project. */
async function remove(
  options: string[],
  { responses = {}, text = '', name = 'test', regions = 'us-east-1' }: Options = {},
) {
  await writeFile(join(folder, 'environments', 'test.yml'), `apiRegions: [${regions}]\n${text}`);
  const aws = await startRecordedAws({ [list]: json({ Message: 'Function not found' }, 404), ...responses });
  const result = await run([name, ...options], folder, aws.env);
  aws.close();
  return { ...result, calls: aws.calls };
}

const run = (args: string[], cwd: string, env: object) =>
  new Promise<{ code: unknown; output: string }>((done) => {
    const { NODE_COMPILE_CACHE, SLS_SCHEMA_CACHE_BASE_DIR } = process.env;
    const caches = { NODE_COMPILE_CACHE, SLS_SCHEMA_CACHE_BASE_DIR };
    const PATH = `${resolve('node_modules/.bin')}:${process.env.PATH}`;
    const child = execFile(
      resolve('node_modules/.bin/node'),
      [resolve('tools/deploy/remove.ts'), ...args],
      { cwd, env: { PATH, ...caches, HOME: folder, SLS_TELEMETRY_DISABLED: '1', ...env } },
      (error, out, err) => done({ code: error?.code ?? 0, output: out + err }),
    );
    child.stdin?.end();
  });

describe('npm run remove', () => {
  it('refuses an environment that does not exist, before it calls AWS', async () => {
    const { code, output, calls } = await remove([], { name: 'prod' });

    expect(output).toBe('environments/prod.yml does not exist. Environments are test.\n');
    expect(code).toBe(1);
    expect(calls).toEqual([]);
  });

  it('refuses a protected environment, before it calls AWS', async () => {
    const { code, output, calls } = await remove(['--confirm', 'test', '--stop-operations'], {
      text: 'protected: true\n',
    });

    expect(output).toContain(
      'environments/test.yml:2:12: protected: the stacks of a protected environment are not removed.',
    );
    expect(code).toBe(1);
    expect(calls).toEqual([]);
  });

  it('names the operations that run, and refuses', async () => {
    const { code, output, calls } = await remove(['--confirm', 'test'], { responses: { [list]: running } });

    expect(output).toContain(
      'Operations run:\n  us-east-1  ldgnf-orders_0123456789abcdef  of ldgnf-orders, since 2025-11-24T',
    );
    expect(output).toContain('Nothing is removed.');
    expect(code).toBe(1);
    expect(calls).toEqual([list]);
  });

  it('continues with running operations only with --stop-operations', async () => {
    const { output } = await remove(['--stop-operations'], { responses: { [list]: running } });

    expect(output).toContain('Operations run:\n');
    expect(output).toContain('The stacks global-datastore-api-test in us-east-1 are removed');
    expect(output).toContain('There is no terminal to ask: repeat with --confirm test. Nothing is removed.');
  });

  it('removes the stack that created the table last', async () => {
    const { output, calls } = await remove([], { regions: 'us-east-1, eu-west-1' });

    expect(output).toContain('The stacks global-datastore-api-test in eu-west-1, us-east-1 are removed');
    expect(calls).toEqual([list, list]);
  });

  it('refuses another name', async () => {
    const { code, output } = await remove(['--confirm', 'prod']);

    expect(output).toContain('No operation runs.\n');
    expect(output).toContain('"prod" is not the name test. Nothing is removed.');
    expect(code).toBe(1);
  });

  it('prompts for the name in the terminal', async () => {
    const aws = await startRecordedAws({ [list]: json({ Message: 'Function not found' }, 404) });
    const command = `${resolve('node_modules/.bin/node')} ${resolve('tools/deploy/remove.ts')} test`;
    await writeFile(join(folder, 'environments', 'test.yml'), 'apiRegions: [us-east-1]\n');
    const terminal = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, ...aws.env },
    });
    let output = '';

    terminal.stdout.on('data', (text) => {
      if (!output.includes('to remove:') && `${output}${text}`.includes('to remove:')) terminal.stdin.write('other\n');
      output += text;
    });
    const code = await new Promise((done) => terminal.on('close', done));
    aws.close();

    expect(output).toContain('The name of the environment to remove: ');
    expect(output).toContain('"other" is not the name test. Nothing is removed.');
    expect(code).toBe(1);
    expect(aws.calls).toEqual([list]);
  });

  it('removes nothing if it cannot read the operations', async () => {
    const denied = {
      ...json({ Message: 'not authorized' }, 403),
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    };
    const { code, output } = await remove(['--confirm', 'test'], { responses: { [list]: denied } });

    expect(output).toContain('The operations in us-east-1 cannot be read: not authorized. Nothing is removed.');
    expect(code).toBe(1);
  });

  it('removes the stack', async () => {
    const aws = await startLocalCloudFormation();
    const resources = { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: {} } };
    Object.assign(aws.state, { status: 'UPDATE_COMPLETE', resources });

    const { code, output } = await run(['dev', '--confirm', 'dev'], process.cwd(), aws.env);
    aws.close();

    expect(output).toContain('has been successfully removed');
    expect(code).toBe(0);
    expect(aws.changes).toEqual(['DeleteStack']);
    expect(aws.parameters.DeleteStack?.StackName).toBe('global-datastore-api-dev');
  });
});
