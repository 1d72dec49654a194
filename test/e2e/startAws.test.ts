import { spawn } from 'node:child_process';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startEmulator, until } from '../support/emulator.ts';
import { findFreePort, isReady, startLocalApi } from '../support/npmStart.ts';

const aws = await startEmulator();
await aws.seed('orders', 'us-east-1');
await aws.seed('carts', 'us-east-1');
const environment = async () => ({
  PORT: `${await findFreePort()}`,
  AWS_ENDPOINT_URL_ELASTICACHE: aws.url,
  AWS_ENDPOINT_URL_STS: aws.url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'mine',
});
beforeEach(() => aws.calls());

const create = (url: string, id: string) =>
  fetch(`${url}/global-datastores`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ GlobalReplicationGroupIdSuffix: id, PrimaryReplicationGroupId: id }),
  });
const changes = async () => (await aws.calls()).filter(({ Action }) => Action.startsWith('Create'));

it('npm start -- --aws requires a confirmation in the terminal before the first change', async () => {
  const variables = await environment();
  const command = 'node local/start.ts --aws';
  const terminal = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { ...process.env, ...variables, PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}` },
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  let output = '';
  terminal.stdout.on('data', (text) => (output += text));
  await until(async () => isReady(output), 60_000);
  const url = `http://localhost:${variables.PORT}`;
  const questions = () => output.split('[y/N]').length - 1;

  const refused = create(url, 'orders');
  await until(async () => questions() === 1, 30_000);
  terminal.stdin.write('n\n');
  expect((await refused).status).toBe(403);
  expect(await changes()).toEqual([]);

  const allowed = create(url, 'orders');
  await until(async () => questions() === 2, 30_000);
  terminal.stdin.write('y\n');
  expect((await allowed).status).toBe(202);
  expect(await changes()).toHaveLength(1);
  expect(output).toContain(
    'POST /global-datastores would change AWS account 000000000000 in us-east-1. Allow this and all later changes? [y/N]',
  );
  expect(output).toMatch(/^AWS +account 000000000000, as arn:aws:iam::\S+: changes go to us-east-1\r?$/m);
  const line = /^POST {3}\/global-datastores {2}\S*202\S* {2}\d+ ms {2}local {2}.*Create\w+ us-east-1\r?$/m;
  await until(async () => line.test(output));

  terminal.stdin.write('\u0003'); // Ctrl-C
  await until(async () => terminal.exitCode !== null, 30_000);
});

it('npm start -- --aws --yes requires no confirmation', async () => {
  const { child, exitCode, url } = await startLocalApi(['--aws', '--yes'], await environment());

  expect((await create(url, 'carts')).status).toBe(202);
  expect(await changes()).toHaveLength(1);
  child.kill('SIGTERM');
  expect(await exitCode).toBe(0);
});
