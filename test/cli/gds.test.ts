import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from '../../local/ports.ts';
import { commandLine } from '../support/commandLine.ts';
import { startEmulator, until } from '../support/emulator.ts';
import { findFreePort, startLocalApi } from '../support/npmStart.ts';

const { url, output } = await startLocalApi([], { PORT: String(await findFreePort()) });

const { gds, onTerminal, config } = await commandLine(url);

const id = 'ldgnf-orders';

describe('gds', () => {
  it('creates a datastore with a secondary and waits for it, with one line for each change on stderr', async () => {
    const created = await gds(
      'create',
      ...'orders --primary orders-use1 --secondary orders-euw1@eu-west-1 --wait'.split(' '),
    );

    expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/^ldgnf-orders_\w+ SUCCEEDED\n$/) });
    expect(created.err).toMatch(/^\d+ s {2}(RUNNING|SUCCEEDED)/m);
    expect(created.err).not.toContain('\r');
  });

  it('lists only the datastores that the filters select', async () => {
    const selections = await Promise.all([
      gds('list', '-o', 'id', '--status', 'available', '--region', 'eu-west-1', '--name', 'ord'),
      gds('list', '-o', 'id', '--name', 'carts'),
      gds('list', '--status', 'resting'),
    ]);

    expect(selections.map(({ code, out }) => [code, out])).toEqual([
      [0, `${id}\n`],
      [0, ''],
      [3, ''],
    ]);
    expect(selections[2]?.err).toContain('Status');
  });

  it('lists datastores as a table, as ids and as JSON', async () => {
    const [table, ids, json] = await Promise.all([gds('list'), gds('list', '-o', 'id'), gds('list', '-o', 'json')]);

    expect(table.out).toMatch(
      /^ID +STATUS +ENGINE +PRIMARY +SECONDARIES\nldgnf-orders +available +valkey \S+ +us-east-1 +eu-west-1\n$/,
    );
    expect(ids.out).toBe(`${id}\n`);
    expect(JSON.parse(json.out)).toMatchObject([{ GlobalReplicationGroupId: id }]);
  });

  it('draws the topology of a datastore', async () => {
    expect((await gds('get', id)).out).toMatch(/^us-east-1 ● PRIMARY ──[\d.]+ s──▶ eu-west-1 ○ SECONDARY$/m);
    expect((await gds('get', id, '-o', 'yaml')).out).toMatch(/^GlobalReplicationGroupId: ldgnf-orders$/m);
  });

  it('shows the lag, operations, groups, and what a code means', async () => {
    expect((await gds('lag', id)).out).toMatch(/^orders-euw1@eu-west-1 +[\d.]+ s +\S+Z$/m);
    const { out } = await gds('ops', id, '-o', 'id');
    expect((await gds('op', out.trim())).out).toContain('SUCCEEDED');
    expect((await gds('groups')).out).toMatch(/^orders-use1 +available/m);
    expect((await gds('explain', 'NoOperationFault')).out).toContain('Nothing to change.');
  });

  it('shows where clients connect, and the code for one of them', async () => {
    expect((await gds('connect', id)).out).toMatch(/^writes +us-east-1 +\S+:6379\nreads +/m);
    expect((await gds('connect', id, '--client', 'redis-cli')).out).toContain('redis-cli');
    expect(await gds('connect', id, '--client', 'telnet')).toMatchObject({
      code: 2,
      err: expect.stringContaining('ioredis'),
    });
  });

  it('refuses a failover that the lag forbids, with the remedies as commands', async () => {
    const refused = await gds('failover', id, '--to', 'eu-west-1', '--max-lag', '0', '--yes');

    expect(refused).toMatchObject({
      code: 3,
      err: expect.stringMatching(/try: gds failover ldgnf-orders --to eu-west-1/),
    });
  });

  it('shows the checks and the plan of a dry run, and exits with 3 if a check fails', async () => {
    const possible = await gds('failover', id, '--to', 'eu-west-1', '--dry-run');
    const impossible = await gds('failover', id, '--to', 'us-east-1', '--dry-run');

    expect(possible).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^✓ target-is-secondary #\/PrimaryRegion: .*\n(.*\n)*1\. Promote/m),
    });
    expect(impossible).toMatchObject({ code: 3, out: expect.stringMatching(/^✗ target-is-secondary/m) });
  });

  it('refuses a dangerous change without a terminal and without --yes', async () => {
    const refused = await gds('failover', id, '--to', 'eu-west-1');

    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Add --yes') });
  });

  it('requires the name of the region on a terminal', async () => {
    const wrong = onTerminal('failover', id, '--to', 'eu-west-1');
    await until(async () => /Type .*eu-west-1.* to continue: /.test(wrong.output.text), 30_000);
    wrong.type('us-east-1\n');
    expect(await wrong.code).toBe(2);
    expect(wrong.output.text).toContain('Not confirmed. Nothing was changed.');

    const right = onTerminal('failover', id, '--to', 'eu-west-1', '--reason', 'game-day');
    await until(async () => /to continue: /.test(right.output.text), 30_000);
    right.type('eu-west-1\n');
    expect(await right.code).toBe(0);
    expect(right.output.text).toContain('ldgnf-orders available');
    expect(right.output.text).toContain('\r\u001b[K');
    expect((await gds('audit', id)).out).toMatch(/accepted +POST \S+\/failover +local +game-day$/m);
  }, 120_000);

  it('prints after Ctrl-C in a wait how to continue, and leaves the change running', async () => {
    const slow = await startEmulator({ transitionMs: 4_000 });
    await slow.seed('carts', 'us-east-1');
    const { url: slowApi } = await startLocalApi(['--aws', '--yes'], {
      PORT: String(await findFreePort()),
      AWS_ENDPOINT_URL_ELASTICACHE: slow.url,
      AWS_ENDPOINT_URL_STS: slow.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'mine',
    });

    const waiting = onTerminal('create', 'carts', '--primary', 'carts', '--url', slowApi);
    await until(async () => /\d s {2}creating/.test(waiting.output.text), 30_000);
    waiting.type('\u0003');

    expect(await waiting.code).toBe(130);
    expect(waiting.output.text).toContain('Continue with: gds watch ldgnf-carts');
    const watched = await gds('watch', 'ldgnf-carts', '--url', slowApi);
    expect(watched).toMatchObject({ code: 0, out: 'ldgnf-carts primary-only\n' });
  }, 120_000);

  it('exits with 5 if the wait ends before the change', async () => {
    const withoutWait = await gds('modify', id, '--type', 'cache.r7g.xlarge', '--wait=0s');

    expect(withoutWait).toMatchObject({ code: 5, err: expect.stringContaining('is still changing') });
    await gds('watch', id);
  });

  it('exits with 3 and names code, place and advice if the API refuses', async () => {
    const missing = await gds('get', 'ldgnf-nobody');
    const invalid = await gds('scale', id, '--shards', '501');

    expect(missing).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('code: GlobalReplicationGroupNotFoundFault'),
    });
    expect(invalid).toMatchObject({ code: 3, err: expect.stringContaining('#/NodeGroupCount') });
  });

  it('names the nearest right command and option, and exits with 2', async () => {
    expect(await gds('fialover', id)).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean failover?'),
    });
    expect(await gds('get', id, '--outptu', 'json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean --output?'),
    });
    expect(await gds('remove', id, 'orders-euw1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('ID@REGION'),
    });
    expect(await gds('watch', id, '--timeout', 'soon')).toMatchObject({
      code: 2,
      err: expect.stringContaining('90s, 10m or 2h'),
    });
    expect(await gds('scale', id, '--shards', 'many')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Give a number'),
    });
    expect(await gds('rebalance', id, '--reason', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--reason'),
    });
    expect(await gds('list', '--url', 'nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('is no URL') });
  });

  it('prints at once that nothing responds, while it retries', async () => {
    const waiting = onTerminal('list', '--url', `http://127.0.0.1:${await findFreePort()}`);

    await until(async () => /No response from http:\S+ Trying again for a minute\./.test(waiting.output.text), 20_000);
    waiting.type('\u0003');

    expect(await waiting.code).toBe(130);
  });

  it('accepts no secret as an argument', async () => {
    const refused = await gds('add', id, 'x@eu-west-2', '--set', 'AuthToken=0123456789abcdef');

    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--auth-token-file') });
  });

  it('exits with 4 without the right, and saves the URL of the API', async () => {
    const printed = join(config, 'gds', 'profile.json');
    const login = await gds('login', '--url', url, '--auth', 'token', '--token-command', 'exit 1');
    expect(login).toMatchObject({ code: 0, err: `Saved in ${printed}.\n` });
    expect(JSON.parse(await readFile(printed, 'utf8'))).toMatchObject({ url, auth: 'token' });

    expect(await gds('list')).toMatchObject({ code: 4, err: expect.stringContaining('The token command failed') });
    await gds('login', '--url', url);
    expect(await gds('list')).toMatchObject({ code: 0 });
    expect(await gds('login', '--url', url, '--auth', 'basic')).toMatchObject({ code: 2 });
  });

  it('drills, and lists the figures', async () => {
    const options = ['--to', 'us-east-1', '--hold', '0s', '--yes', '--wait'];
    expect(await gds('drill', id, ...options)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });

    const drilled = await gds('drill', id, ...options, '--reason', 'monthly');

    expect(drilled).toMatchObject({ code: 0, out: expect.stringMatching(/SUCCEEDED\n$/) });
    expect((await gds('drills', id)).out).toMatch(/SUCCEEDED +us-east-1 +[\d.]+ s +[\d.]+ s +monthly$/m);
  });

  it('evacuates a region, and shows its progress', async () => {
    const options = '--from eu-west-1 --to us-east-1 --reason outage --yes --wait -o json'.split(' ');
    const evacuated = await gds('evacuate', ...options);

    expect(evacuated).toMatchObject({ code: 0, err: expect.stringMatching(/1 done, 0 in progress/) });
    const { Evacuation } = JSON.parse(evacuated.out);
    expect((await gds('evacuation', Evacuation.EvacuationId)).out).toMatch(/^ldgnf-orders +DONE +FAILOVER +us-east-1/m);
  });

  it('changes the members and the shards of a datastore', async () => {
    const sessions = 'ldgnf-sessions';
    await gds('create', 'sessions', '--primary', 'sessions-use1', '--wait');

    const added = await gds('add', sessions, 'sessions-euw1@eu-west-1', '--set', 'ReplicasPerNodeGroup=1', '--wait');
    const scaled = await gds('scale', sessions, '--shards', '3', '--wait');
    const rebalanced = await gds('rebalance', sessions, '--wait');
    const removed = await gds('remove', sessions, 'sessions-euw1@eu-west-1', '--yes', '--wait');

    expect([added, scaled, rebalanced, removed]).toMatchObject([
      { code: 0, out: `${sessions} available\n` },
      { code: 0, out: `${sessions} available\n` },
      { code: 0, out: `${sessions} available\n` },
      { code: 0, out: `${sessions} primary-only\n` },
    ]);
  });

  it('cancels an operation, and exits with 1 in a wait for an operation that does not succeed', async () => {
    const emulator = /emulator at ([^"\s]+)/.exec(output.out)?.[1];
    const fault = { Action: 'CreateReplicationGroup', Name: 'InvalidGlobalReplicationGroupStateFault', Times: 1_000 };
    await fetch(`${emulator}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    const options = '--primary catalog-euw1@eu-west-1 --secondary catalog-use1@us-east-1 --no-wait -o id'.split(' ');
    const operation = (await gds('create', 'catalog', ...options)).out.trim();

    expect(await gds('cancel', operation)).toMatchObject({ code: 0 });
    expect(await gds('op', operation, '--wait')).toMatchObject({
      code: 1,
      err: expect.stringContaining('code: OperationStopped'),
    });
    expect((await gds('ops', '--status', 'stopped', '-o', 'id')).out).toBe(`${operation}\n`);
  });

  it.each([
    [401, 4],
    [500, 1],
  ])('exits after a %i of the API with the code %i', async (status, code) => {
    const server = createServer((_, response) => response.writeHead(status).end('{}'));

    expect(await gds('list', '--url', await listen(server))).toMatchObject({ code });
    server.close().closeAllConnections();
  });

  it('deletes a datastore with its secondaries', async () => {
    const deleted = await gds('delete', id, '--detach-secondaries', '--yes', '--wait');

    expect(deleted).toMatchObject({ code: 0, out: expect.stringMatching(/SUCCEEDED\n$/) });
    expect((await gds('list', '-o', 'id')).out).not.toContain(id);
  });
});
