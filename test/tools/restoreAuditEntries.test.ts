import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApi } from '../support/api.ts';
import { until } from '../support/emulator.ts';
import { createRelay } from '../support/relay.ts';

const relay = createRelay();
const { call, emulator, table } = await startApi({
  relay,
  transitionMs: 20,
  environment: { TABLE_TIMEOUT_MS: '2000', LOG: 'on' },
});
const datastorePath = '/global-datastores/ldgnf-orders';
const ann = 'arn:aws:iam::123456789012:user/ann';

let written = '';

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
  }
  await emulator.seed('orders-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await call('POST /global-datastores', { body });
  await call(`POST ${datastorePath}/members`, {
    body: { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' },
    headers: { prefer: 'wait=10' },
  });
  await waitUntilStable();
});

beforeEach(() => {
  written = '';
});

const waitUntilStable = () =>
  until(async () =>
    /available|primary-only/.test((await call(`GET ${datastorePath}`)).body.GlobalReplicationGroup.Status),
  );
const readAuditEntries = async () => (await call(`GET ${datastorePath}/audit`)).body.AuditEntries;

/** Runs the command with these log lines. Returns its exit code and what it prints. */
async function restore(lines: string, environment: Record<string, string> = {}, args: readonly string[] = []) {
  const { NODE_COMPILE_CACHE, TABLE_NAME, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  const env = { NODE_COMPILE_CACHE, TABLE_NAME, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...environment };
  const child = spawn(process.execPath, ['tools/restoreAuditEntries.ts', ...args], {
    env: { ...env, AWS_ENDPOINT_URL_DYNAMODB: table.url, AWS_MAX_ATTEMPTS: '1' },
  });
  child.stdin.end(lines);
  const [printed, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, printed: printed.trim(), errors };
}

/** Returns the log line of an entry as the functions write it. */
const lineOf = (sk: string, more: object = {}) =>
  JSON.stringify({
    level: 'ERROR',
    message: 'audit entry lost',
    item: { v: 2, pk: 'AUDIT#ldgnf-orders', sk, entry: '{"Status":202}', ...more },
  });

describe('npm run audit:restore', () => {
  it('puts the entries that a function lost while the table was unavailable, each once', async () => {
    await relay.refuse();
    const response = await call(`POST ${datastorePath}/failover`, {
      caller: ann,
      body: { PrimaryRegion: 'eu-west-1' },
    });
    await relay.accept();
    const log = written;
    const before = await readAuditEntries();
    const exported = log.replace(/^\{/gm, '2026-01-02T03:04:05.678Z {');

    const first = await restore(exported);
    const second = await restore(log);

    expect(response.status).toBe(202);
    expect(log).toContain('"message":"audit entry lost"');
    expect(first).toMatchObject({ code: 0, printed: expect.stringMatching(/^[1-9] put, 0 there already, 0 failed$/) });
    expect(second).toMatchObject({ code: 0, printed: first.printed.replace(/^(\d) put, 0/, '0 put, $1') });
    const after = await readAuditEntries();
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ Caller: ann, Outcome: 'accepted', Status: 202 });
    expect(after.slice(1)).toEqual(before);
  });

  it('keeps an entry that is in the table', async () => {
    await restore(lineOf('2026-01-01T00:00:00.000Z#kept'));

    const again = await restore(lineOf('2026-01-01T00:00:00.000Z#kept', { entry: '{"Status":500}' }));

    expect(again).toMatchObject({ code: 0, printed: '0 put, 1 there already, 0 failed' });
    expect(await table.contents()).not.toContain('500}');
  });

  it('keeps the owner and skips all other lines', async () => {
    const lines = [
      'START RequestId: 8e03978e Version: $LATEST',
      JSON.stringify({ level: 'INFO', message: 'request', reason: 'audit entry lost' }),
      '',
      lineOf('2026-01-01T00:00:00.000Z#owned', { owner: 'team-a' }),
    ];

    expect(await restore(lines.join('\r\n'))).toMatchObject({ code: 0, printed: '1 put, 0 there already, 0 failed' });
    expect(await table.contents()).toContain('team-a');
  });

  it.each([
    ['is cut off', lineOf('cut').slice(0, 100)],
    ['has no item', JSON.stringify({ message: 'audit entry lost' })],
    ['has an item of another kind', lineOf('other', { pk: 'IDEM#other' })],
    ['has an item without an entry', lineOf('empty', { entry: undefined })],
    ['has an item with an object', lineOf('object', { more: {} })],
  ])('fails for a line that %s, and puts the others', async (_, line) => {
    const good = lineOf(`2026-01-01T00:00:00.000Z#${_.replaceAll(' ', '-')}`);

    const { code, printed, errors } = await restore(`${line}\n${good}`);

    expect({ code, printed }).toEqual({ code: 1, printed: '1 put, 0 there already, 1 failed' });
    expect(errors).toMatch(/^Line 1: /);
  });

  it('fails for each entry that DynamoDB refuses', async () => {
    const line = lineOf('refused');

    const { code, printed } = await restore(`${line}\n${line}`, {}, ['--table', 'no-such-table']);

    expect({ code, printed }).toEqual({ code: 1, printed: '0 put, 0 there already, 2 failed' });
  });

  it('takes the table and the region from its arguments, and fails without them', async () => {
    const { TABLE_NAME = '' } = process.env;
    const nothing = { TABLE_NAME: '', AWS_REGION: '' };

    const withoutBackup = await restore('', nothing, ['--table', TABLE_NAME, '--region', 'us-east-1']);
    const missing = await restore('', nothing);

    expect(withoutBackup).toMatchObject({ code: 0, printed: '0 put, 0 there already, 0 failed' });
    expect(missing).toMatchObject({ code: 1, errors: expect.stringContaining('is missing') });
  });
});
