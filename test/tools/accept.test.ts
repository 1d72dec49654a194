import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { experiments } from '../../tools/accept/experiments.ts';
import { catalogue, catalogued, readMarks } from '../../tools/accept/marks.ts';
import { findingsOfMarks, type Report } from '../../tools/accept/report.ts';
import { serviceExperiments } from '../../tools/accept/services.ts';
import { startEmulator, until } from '../support/emulator.ts';
import { startLocalApi } from '../support/npmStart.ts';

const names = [...experiments, ...serviceExperiments].map(({ name }) => name);

describe('the catalogue of marks', () => {
  const marks = readMarks();
  const indexes = marks.map(({ file }, index) => index - marks.findIndex((mark) => mark.file === file));

  it.each(marks.map((mark, index) => [`${mark.file}:${mark.line}`, mark, indexes[index] ?? 0] as const))(
    'has %s with an experiment or a reason',
    (_, mark, index) => {
      const entry = catalogued(mark, index);

      if (!entry)
        throw new Error(
          `tools/accept/marks.ts has no entry ${index + 1} of ${mark.file} that begins with: ${mark.text}`,
        );
      if ('because' in entry) expect(entry.because).toMatch(/^[A-Z].{15,}\.$/);
      else expect(names).toEqual(expect.arrayContaining([...entry.experiments]));
    },
  );

  it('has no entry without a mark', () => {
    const entries = Object.entries(catalogue).map(([file, list]) => [file, list.length]);
    const found = Object.entries(Object.groupBy(marks, ({ file }) => file)).map(([file, list]) => [file, list?.length]);

    expect(entries.sort()).toEqual(found.sort());
  });

  it('has a mark for each experiment, and the names of experiments differ', () => {
    const experiments = Object.values(catalogue).flatMap((list) =>
      list.flatMap((entry) => ('experiments' in entry ? entry.experiments : [])),
    );

    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !experiments.includes(name))).toEqual([]);
  });

  it('reports each mark without a finding as not tried, with a reason', () => {
    expect(findingsOfMarks([]).every(({ outcome, reason }) => outcome === 'not tried' && reason)).toBe(true);
  });
});

const folder = await mkdtemp(join(tmpdir(), 'accept-'));
afterAll(() => rm(folder, { recursive: true }));
await mkdir(join(folder, 'environments'));
await writeFile(join(folder, 'environments', 'dev.yml'), 'apiRegions: [us-east-1]\nregions: [us-east-1, eu-west-1]\n');

const emulator = await startEmulator({ transitionMs: 200 });
let url = '';
let lambda = '';

beforeAll(async () => {
  const api = await startLocalApi([], { AWS_ENDPOINT_URL_ELASTICACHE: emulator.url, REGIONS: 'us-east-1,eu-west-1' });
  url = api.url;
  lambda = /durable functions at (http:[^\s"]+)/.exec(api.output.out)?.[1] ?? '';
});

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs the command in the folder, against the emulator and the local API. */
function accept(args: readonly string[], environment: Record<string, string | undefined> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^AWS_/.test(name));
  const endpoints = Object.fromEntries(
    ['ELASTICACHE', 'STS', 'SECRETS_MANAGER', 'CLOUDWATCH'].map((name) => [`AWS_ENDPOINT_URL_${name}`, emulator.url]),
  );
  const child = spawn('node', [resolve('tools/accept/main.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...endpoints,
      AWS_ENDPOINT_URL_LAMBDA: lambda,
      ...environment,
    },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (text) => (output.out += text));
  child.stderr.on('data', (text) => (output.err += text));
  return { child, output, exitCode: once(child, 'close').then(([code]) => code as number | null) };
}

const walkThrough = () => ['--environment', 'dev', '--url', url, '--poll', '0.1', '--yes', '--json'];

/** Returns the names of the datastores, replication groups and parameter groups in the emulator, without the default ones. */
function remainingResources(): string[] {
  const { globalGroups, replicationGroups, parameterGroups } = emulator.store.accountState;
  return [globalGroups, replicationGroups, parameterGroups].flatMap((kind) => Object.keys(kind));
}

afterEach(async () => {
  await emulator.clearFaults();
});

describe('npm run accept', () => {
  it('agrees with the emulator in all experiments that it runs, and leaves no resource', async () => {
    const { output, exitCode } = accept(walkThrough());

    expect(await exitCode, output.err).toBe(0);
    const report = JSON.parse(output.out) as Report;
    expect(report.marks.filter(({ outcome }) => outcome === 'differs')).toEqual([]);
    expect(report.marks.filter(({ outcome }) => outcome === 'agrees').length).toBeGreaterThan(70);
    const notTried = report.marks.filter(
      ({ outcome, experiments }) => outcome === 'not tried' && experiments.length > 0,
    );
    expect(notTried.map(({ experiments }) => experiments)).toEqual([['durable executions: stop of an ended one']]);
    expect(report).toMatchObject({ environment: 'dev', left: [], regions: ['us-east-1', 'eu-west-1'] });
    expect(output.err).toMatch(/about \$[\d.]+ an hour/);
    expect(remainingResources()).toEqual([]);
  }, 240_000);

  it('shows where AWS differs, and ends with exit code 1', async () => {
    const Message = 'The value is out of range.';
    await emulator.fail({ Action: 'ModifyCacheParameterGroup', Name: 'InvalidParameterValueException', Message });
    await emulator.fail({ Action: 'RebalanceSlotsInGlobalReplicationGroup', Name: 'AccessDenied' });

    const { output, exitCode } = accept(walkThrough().filter((option) => option !== '--json'));

    expect(await exitCode, output.err).toBe(1);
    expect(output.out).toMatch(/\d+ marks: \d+ agrees, 1 differs, \d+ not tried/);
    expect(output.out).toMatch(
      /DIFFERS {3}emulator\/actions\/ModifyCacheParameterGroup\.ts:\d+ texts without a source\..*\n {2}AWS: {6}InvalidParameterValue: The value is out of range\./,
    );
    expect(output.out).toMatch(
      /not tried src\/preflight\/rebalanceSlots\.ts:\d+ AWS accepts a rebalancing .*\n {2}AccessDenied: AccessDenied, injected/,
    );
    expect(output.out).toContain('Everything that the walk made is taken apart.');
  }, 120_000);

  it('removes the resources that it created when AWS refuses a step, and names the missing experiments', async () => {
    await emulator.fail({ Action: 'CreateCacheParameterGroup', Name: 'CacheParameterGroupQuotaExceededFault' });

    const { output, exitCode } = accept(walkThrough());

    expect(await exitCode, output.err).toBe(1);
    const report = JSON.parse(output.out) as Report;
    expect(report).toMatchObject({
      failure: expect.stringContaining('CacheParameterGroupQuotaExceeded'),
      left: [],
    });
    expect(report.marks.find(({ text }) => text.startsWith('the response shows the previous'))).toMatchObject({
      outcome: 'not tried',
      reason: report.failure,
    });
    expect(remainingResources()).toEqual([]);
  }, 120_000);

  it.each([
    ['SIGINT', 'adding'],
    ['SIGTERM', 'groups'],
  ] as const)(
    'removes the resources that it created when %s ends it in the stage %s',
    async (signal, stage) => {
      const { child, output, exitCode } = accept(walkThrough());
      await until(async () => output.err.includes(`${stage} …`), 60_000);

      child.kill(signal);

      expect(await exitCode, output.err).toBe(1);
      const report = JSON.parse(output.out) as Report;
      expect(report).toMatchObject({ failure: 'The walk was cut off.', left: [] });
      expect(report.marks.some(({ outcome }) => outcome === 'agrees')).toBe(true);
      expect(remainingResources()).toEqual([]);
    },
    120_000,
  );

  it('removes the resources that it created when its terminal closes', async () => {
    const { child, output, exitCode } = accept(walkThrough());
    await until(async () => output.err.includes('creating …'), 60_000);

    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill('SIGHUP');

    expect(await exitCode).toBe(1);
    expect(remainingResources()).toEqual([]);
  }, 120_000);

  it('removes with --clean the resources of a killed walk, and no others', async () => {
    await emulator.seed('accept-gds-of-somebody');
    const { child, output, exitCode } = accept(walkThrough());
    await until(async () => output.err.includes('available …'), 60_000);
    child.kill('SIGKILL');
    await exitCode;
    const remaining = remainingResources();

    const withoutConfirmation = accept(['--environment', 'dev', '--clean']);
    const exitCodeWithoutConfirmation = await withoutConfirmation.exitCode;
    const cleaned = accept(['--environment', 'dev', '--clean', '--poll', '0.1', '--yes']);

    expect(remaining.filter((name) => /accept-gds-[0-9a-f]{8}-/.test(name)).length).toBeGreaterThan(4);
    expect(exitCodeWithoutConfirmation).toBe(1);
    expect(withoutConfirmation.output.err).toContain(
      'There is no terminal to ask: repeat with --yes. Nothing is changed.',
    );
    expect(await cleaned.exitCode, cleaned.output.err).toBe(0);
    expect(cleaned.output.out).toBe('Everything is taken apart.\n');
    expect(remainingResources()).toEqual(['us-east-1/accept-gds-of-somebody']);
    emulator.store.accountState.replicationGroups = {};
  }, 120_000);
});

describe.concurrent('npm run accept, before it creates anything,', () => {
  const environment = (name: string, text: string) => writeFile(join(folder, 'environments', `${name}.yml`), text);
  const policy = 'policy:\n  OwnerTag: team\n  Owners:\n    arn:aws:sts::123456789012:assumed-role/A: orders\n';

  beforeAll(async () => {
    await environment('one', 'apiRegions: [us-east-1]\n');
    await environment('wrong', 'apiRegions: [us-east-1]\nregion: eu-west-1\n');
    await environment('owned', `apiRegions: [us-east-1, eu-west-1]\n${policy}`);
    await environment('tokens', 'apiRegions: [us-east-1, eu-west-1]\nauth: jwt\njwtIssuer: https://issuer.example\n');
  });

  it.each<[string, string[], Record<string, string | undefined>, string]>([
    ['no environment', ['--yes'], {}, '--environment is missing.'],
    [
      'an unknown environment',
      ['--environment', 'nosuch'],
      {},
      'environments/nosuch.yml does not exist. Environments are dev',
    ],
    [
      'a mistake in the file',
      ['--environment', 'wrong'],
      {},
      'environments/wrong.yml:2:1: region: is unknown. Known are apiRegions',
    ],
    [
      'one region',
      ['--environment', 'one'],
      {},
      'environments/one.yml: regions: must have two regions for a walk, not us-east-1.',
    ],
    [
      'no owner',
      ['--environment', 'owned'],
      {},
      'policy.OwnerTag: replication groups need an owner. Give --owner, one of: orders.',
    ],
    [
      'an owner without a tag',
      ['--environment', 'dev', '--owner', 'a'],
      {},
      'has no policy.OwnerTag, so --owner a has no meaning.',
    ],
    ['no token', ['--environment', 'tokens'], {}, 'environments/tokens.yml: auth: jwt needs a token in ACCEPT_TOKEN.'],
    ['a pause that is no number', ['--environment', 'dev', '--poll', 'x'], {}, '--poll is a number of seconds, not x.'],
    ['an unknown option', ['--environment', 'dev', '--force'], {}, "Unknown option '--force'"],
    [
      'no credentials',
      ['--environment', 'dev'],
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      'no AWS credentials: ',
    ],
    [
      'an API that does not respond',
      ['--environment', 'dev', '--url', 'http://127.0.0.1:9'],
      {},
      'The API at http://127.0.0.1:9 cannot be used: ',
    ],
    [
      'no consent',
      ['--environment', 'dev', '--url', 'URL'],
      {},
      'There is no terminal to ask: repeat with --yes. Nothing is changed.',
    ],
  ])('refuses %s', async (_, args, more, text) => {
    await emulator.calls();

    const { output, exitCode } = accept(
      args.map((arg) => (arg === 'URL' ? url : arg)),
      { HOME: folder, ...more },
    );

    expect(await exitCode).toBe(1);
    expect(output.err).toContain(text);
    const changes = (await emulator.calls()).filter(({ Action }) => !/^(Describe|List|Get)/.test(`${Action}`));
    expect(changes).toEqual([]);
  });
});
