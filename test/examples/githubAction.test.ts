import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startApi } from '../support/api.ts';
import { commandLine } from '../support/commandLine.ts';
import { startDurable } from '../support/durable.ts';
import { serveApi } from '../support/serveApi.ts';

/** GitHub's parser. It is bundled, because Node does not accept its imports of JSON. */
const { outputFiles } = await esbuild.build({
  stdin: {
    contents: `
      export { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
      export { parseAction } from '@actions/workflow-parser/actions/action-parser';`,
    resolveDir: '.',
  },
  bundle: true,
  write: false,
  format: 'esm',
});
const parser = `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`;
const { parseAction, parseWorkflow, NoOperationTraceWriter }: Parser = await import(parser);
const parsers = { 'action.yml': parseAction, 'workflow.yml': parseWorkflow };
type Parser = typeof import('@actions/workflow-parser') &
  typeof import('@actions/workflow-parser/actions/action-parser');
type File = keyof typeof parsers;

const read = (file: File) => readFile(`examples/githubAction/${file}`, 'utf8');

/** Returns the errors that GitHub's parser finds. */
const errorsIn = (name: File, content: string): string[] =>
  parsers[name]({ name, content }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map(({ message }) => message);

describe.each(['action.yml', 'workflow.yml'] as const)('examples/githubAction/%s', (file) => {
  it('is valid for the parser of GitHub', async () => {
    const content = await read(file);

    expect(errorsIn(file, content)).toEqual([]);
    expect(errorsIn(file, content.replace('steps:', 'stages:'))).not.toEqual([]);
  });
});

describe('examples/githubAction', () => {
  it('passes inputs that the action has, and all that it requires', async () => {
    const { inputs } = parse(await read('action.yml'));
    const { with: givenInputs } = parse(await read('workflow.yml')).jobs.apply.steps.at(-1);
    const required = Object.keys(inputs).filter((name) => inputs[name].required);

    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(givenInputs)));
    expect(Object.keys(givenInputs)).toEqual(expect.arrayContaining(required));
  });

  it('installs gds, signs in, and applies a file', async () => {
    const durable = await startDurable();
    const { call, emulator } = await startApi({
      transitionMs: 20,
      environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1', POLL_MS: '20' },
    });
    await emulator.seed('pushed-use1');
    const url = await serveApi(call);
    const { config, env, addProgram } = await commandLine(url);
    await addProgram('npm', 'echo "npm $@"');
    const file = join(config, 'pushed.yaml');
    await writeFile(
      file,
      `GlobalReplicationGroupIdSuffix: pushed
Members:
  - { ReplicationGroupId: pushed-use1, ReplicationGroupRegion: us-east-1, Role: PRIMARY }
  - { ReplicationGroupId: pushed-euw1, ReplicationGroupRegion: eu-west-1 }
`,
    );
    const inputs = { file, url, region: 'us-east-1', packages: 'client.tgz cli.tgz', wait: '1m' };
    const push = () => runSteps(inputs, { ...env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });

    const first = await push();
    const second = await push();

    expect(first).toContain('npm install --global client.tgz cli.tgz');
    expect((await call('GET /global-datastores/ldgnf-pushed')).body.GlobalReplicationGroup.Members).toHaveLength(2);
    expect((await call('GET /operations')).body.Operations).toHaveLength(1);
    expect(second).toContain('ldgnf-pushed');
  });
});

const run = promisify(execFile);

/** Runs the scripts of the action as GitHub does. Returns their output. */
async function runSteps(inputs: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): Promise<string> {
  const { runs } = parse(await read('action.yml'));
  let printed = '';
  for (const step of runs.steps.filter((candidate: { run?: string }) => candidate.run)) {
    const variables = Object.entries(step.env).map(([name, value]) => [name, fillTemplate(String(value), inputs)]);
    const options = { env: { ...env, ...Object.fromEntries(variables) } };
    const { stdout, stderr } = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], options);
    printed += stdout + stderr;
  }
  return printed;
}

const fillTemplate = (text: string, inputs: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_, name) => inputs[name] ?? 'not given');
