import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { datastoreFileSchema } from '../../tools/cli/datastoreFileSchema.ts';
import { commandLine } from '../support/commandLine.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { startEmulator, until } from '../support/emulator.ts';
import { findFreePort, startLocalApi } from '../support/npmStart.ts';

const emulator = await startEmulator({ transitionMs: 20 });
const { make, waitUntilStable, describe: describeDatastore } = datastores(emulator);
const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;
const { url } = await startLocalApi([], {
  PORT: String(await findFreePort()),
  REGIONS: regions.join(','),
  AWS_ENDPOINT_URL_ELASTICACHE: emulator.url,
});
const { gds, onTerminal, config: folder } = await commandLine(url);

/** Writes text, or an object as YAML, to a file. Returns its path. */
async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}

const apply = async (content: unknown, ...options: string[]) =>
  gds('apply', '-f', await file('datastore.yaml', content), '--wait', ...options);
const diff = async (content: unknown, ...options: string[]) =>
  gds('diff', '-f', await file('datastore.yaml', content), ...options);

const member = (name: string, region: (typeof regions)[number], settings: object = {}) => ({
  ReplicationGroupId: `${name}-${region}`,
  ReplicationGroupRegion: region,
  ...settings,
});

/** Returns the changing actions that the emulator received since the previous call. */
const changes = async () =>
  (await emulator.calls()).map(({ Action }) => Action).filter((action) => !/^(Describe|List|Get)/.test(action));

const membersOf = async (id: string) =>
  ((await describeDatastore(id)).Members ?? []).map(
    ({ ReplicationGroupRegion, Role }) => `${ReplicationGroupRegion} ${Role}`,
  );

it('creates a datastore with members and settings, and changes nothing the second time', async () => {
  await emulator.seed('orders-us-east-1');
  const orders = {
    GlobalReplicationGroupIdSuffix: 'orders',
    GlobalReplicationGroupDescription: 'Orders',
    CacheNodeType: 'cache.r7g.xlarge',
    Members: [
      member('orders', 'us-east-1', { Role: 'PRIMARY', SnapshotRetentionLimit: 3 }),
      member('orders', 'eu-west-1', { NumCacheClusters: 3 }),
    ],
  };
  const missing = await diff(orders);
  expect(missing).toMatchObject({ code: 1, out: expect.stringMatching(/^1\. Create the datastore orders .*\n2\. /) });
  await changes();

  const created = await apply(orders, '--idempotency-key', 'orders');

  expect(created).toMatchObject({ code: 0, out: 'ldgnf-orders available\n' });
  expect(created.err).toContain('3. Set CacheNodeType to cache.r7g.xlarge in all members. Now: cache.r7g.large.');
  expect(await changes()).toEqual([
    'CreateGlobalReplicationGroup',
    'CreateReplicationGroup',
    'ModifyReplicationGroup',
    'ModifyGlobalReplicationGroup',
  ]);
  const again = await apply(orders);
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ldgnf-orders is as \S+ says\. Nothing/),
    err: '',
  });
  expect(await diff(orders)).toMatchObject({ code: 0, out: again.out });
  expect(await changes()).toEqual([]);
});

describe('an export is applied without a change', () => {
  it.each([
    ['valkey', '8.0', 'disabled', 1, 'yaml'],
    ['valkey', '8.0', 'enabled', 2, 'json'],
    ['valkey', '7.2', 'disabled', 3, 'json'],
    ['redis', '7.1', 'enabled', 1, 'yaml'],
    ['redis', '7.1', 'disabled', 2, 'yaml'],
    ['redis', '5.0.6', 'enabled', 3, 'yaml'],
  ])('of %s %s, cluster mode %s, with %d members, as %s', async (Engine, EngineVersion, mode, count, format) => {
    const name = `${Engine}-${mode}-${count}`;
    const primary = { Engine, EngineVersion, CacheNodeType: 'cache.r5.large', ...(mode === 'enabled' && clusterMode) };
    const id = await make(name, regions.slice(1, count), primary);

    const { code, out } = await gds('export', id, '-o', format);
    const path = await file(`exported.${format}`, out);

    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      ...(format === 'json' && { $schema: 'cli/datastoreFile.schema.json' }),
      Engine,
      EngineVersion,
      ...(mode === 'enabled' && { NodeGroupCount: 2 }),
      Members: regions
        .slice(0, count)
        .toSorted(primaryFirst)
        .map((region) => member(name, region)),
    });
    if (format === 'yaml') expect(out).toMatch(/^# yaml-language-server: \$schema=cli\/datastoreFile\.schema\.json\n/);
    expect(await gds('diff', '--prune', '-f', path)).toMatchObject({ code: 0, err: '' });
  });

  const primaryFirst = (a: string, b: string) => (a === 'us-east-1' ? -1 : b === 'us-east-1' ? 1 : a < b ? -1 : 1);
});

describe('members that the file does not name', () => {
  it('stay, with what the file does not name of the others', async () => {
    const id = await make('kept', ['eu-west-1']);
    const before = await gds('export', id);

    const applied = await apply({
      GlobalReplicationGroupId: id,
      Members: [member('kept', 'us-east-1', { SnapshotWindow: '05:00-06:00' })],
    });

    expect(applied.code).toBe(0);
    expect(applied.err).toMatch(/^eu-west-1\/kept-eu-west-1 is not in \S+ and stays\. --prune detaches it\./);
    const after = await gds('export', id);
    expect(after.out).toBe(before.out.replace(/(kept-us-east-1[\s\S]*?SnapshotWindow: )\S+/, '$105:00-06:00'));
  });

  it('are detached with --prune, after the id is typed or with --yes', async () => {
    const id = await make('pruned', ['eu-west-1', 'ap-southeast-2']);
    const pruned = { GlobalReplicationGroupId: id, Members: [member('pruned', 'us-east-1')] };
    expect(await apply(pruned, '--prune')).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') });
    expect(await membersOf(id)).toHaveLength(3);

    const terminal = onTerminal('apply', '-f', await file('pruned.yaml', pruned), '--prune');
    await until(
      async () => /detach ap-southeast-2\/\S+, detach eu-[\s\S]*to continue: /.test(terminal.output.text),
      30_000,
    );
    terminal.type(`${id}\n`);

    expect(await terminal.code).toBe(0);
    expect(await membersOf(id)).toEqual(['us-east-1 PRIMARY']);
  });

  it('are named if they leave no room', async () => {
    const id = await make('full', ['eu-west-1']);
    const other = { ReplicationGroupId: 'full-other', ReplicationGroupRegion: 'eu-west-1' };

    const refused = await apply({ GlobalReplicationGroupId: id, Members: [other] });

    expect(refused).toMatchObject({ code: 3, err: expect.stringMatching(/does not name .*full-eu-west-1.*--prune/) });
  });
});

it('promotes a member only after a confirmation, and leaves roles that the file does not name', async () => {
  const id = await make('moved', ['eu-west-1']);
  const Members = [member('moved', 'us-east-1'), member('moved', 'eu-west-1', { Role: 'PRIMARY' })];
  const moved = { GlobalReplicationGroupId: id, Members };
  expect(await apply(moved)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/1\. Promote eu-west-1.*\n2\. .*lost/),
  });

  expect(await apply(moved, '--yes', '--reason', 'game day')).toMatchObject({ code: 0 });

  expect(await membersOf(id)).toEqual(expect.arrayContaining(['eu-west-1 PRIMARY', 'us-east-1 SECONDARY']));
  expect(await (await fetch(`${url}/global-datastores/${id}/audit`)).text()).toContain('"Reason":"game day"');
  const withoutRoles = { ...moved, Members: [member('moved', 'us-east-1'), member('moved', 'eu-west-1')] };
  expect(await diff(withoutRoles)).toMatchObject({ code: 0 });
});

it('switches automatic failover between the nodes and the Multi-AZ that go with it', async () => {
  const id = await make('single', [], { NumCacheClusters: 1, AutomaticFailoverEnabled: false });
  const withNodes = (NumCacheClusters: number, isOn: boolean) => ({
    GlobalReplicationGroupId: id,
    AutomaticFailoverEnabled: isOn,
    Members: [member('single', 'us-east-1', { NumCacheClusters, MultiAZEnabled: isOn })],
  });
  await changes();

  expect(await apply(withNodes(2, true))).toMatchObject({ code: 0 });
  expect(await changes()).toEqual(['IncreaseReplicaCount', 'ModifyGlobalReplicationGroup', 'ModifyReplicationGroup']);

  expect(await apply(withNodes(1, false))).toMatchObject({ code: 0 });
  expect(await changes()).toEqual(['ModifyReplicationGroup', 'ModifyGlobalReplicationGroup', 'DecreaseReplicaCount']);
});

describe('the datastore of a file', () => {
  it('is not another one with the same suffix', async () => {
    await make('taken');
    await emulator.seed('other-us-east-1');
    const Members = [member('other', 'us-east-1', { Role: 'PRIMARY' })];

    const refused = await apply({ GlobalReplicationGroupIdSuffix: 'taken', Members });

    expect(refused).toMatchObject({ code: 3, err: expect.stringMatching(/^✗ suffix-free \S+yaml:1:1 /m) });
  });

  it('is created, and named if its id becomes another one', async () => {
    await emulator.seed('renamed-us-east-1');
    const Members = [member('renamed', 'us-east-1', { Role: 'PRIMARY' })];

    const created = await apply({ GlobalReplicationGroupId: 'abcde-renamed', Members });

    expect(created).toMatchObject({
      code: 1,
      err: expect.stringContaining('Write GlobalReplicationGroupId: ldgnf-renamed into'),
    });
  });
});

describe('a file that is not valid', () => {
  const wrong = `GlobalReplicationGroupId: ldgnf-orders
EngineVersion: 8.0
CacheNodetype: cache.r7g.large
Members:
  - ReplicationGroupId: orders-us-east-1
    ReplicationGroupRegion: us-east-1
    SnapshotWindo: 05:00-06:00
    Engine: valkey
    AuthToken: secret-of-orders
  - { ReplicationGroupId: orders-x, ReplicationGroupRegion: us-east-1, Role: PRIMAR }
  - ReplicationGroupId: orders-y
`;

  it('is refused with the line, the pointer and what would be right', async () => {
    const { code, err } = await apply(wrong);

    expect(code).toBe(2);
    for (const line of [
      ':2:1 #/EngineVersion EngineVersion must be a string. Write it in quotes: "8.0".',
      ':3:1 #/CacheNodetype CacheNodetype is unknown. Did you mean CacheNodeType?',
      ':7:5 #/Members/0/SnapshotWindo SnapshotWindo is unknown. Did you mean SnapshotWindow?',
      ':8:5 #/Members/0/Engine Engine belongs to the datastore, not to a member. Write Engine beside Members.',
      ':9:5 #/Members/0/AuthToken An AuthToken cannot be given here',
      ':10:37 #/Members/1/ReplicationGroupRegion Another member is in us-east-1, too.',
      ':10:72 #/Members/1/Role Role must be PRIMARY or SECONDARY.',
      ':11:5 #/Members/2 ReplicationGroupRegion is missing.',
    ])
      expect(err).toContain(`datastore.yaml${line}`);
  });

  it.each([
    ['no YAML', 'Members: [', ':1:11 '],
    ['empty', '', ':1:1 # Give either GlobalReplicationGroupId or GlobalReplicationGroupIdSuffix.'],
    [
      'a region that the API does not call',
      'GlobalReplicationGroupId: ldgnf-orders\nMembers:\n  - { ReplicationGroupId: x, ReplicationGroupRegion: mars-1 }',
      ':3:30 #/Members/0/ReplicationGroupRegion ReplicationGroupRegion must be one of the regions',
    ],
    [
      'a datastore to create without a primary',
      'GlobalReplicationGroupIdSuffix: new\nMembers:\n  - { ReplicationGroupId: x, ReplicationGroupRegion: us-east-1 }',
      ': the datastore does not exist. To create it, give',
    ],
  ])('is refused: %s', async (_, content, line) => {
    expect(await diff(content)).toMatchObject({ code: 2, err: expect.stringContaining(`datastore.yaml${line}`) });
  });

  it('is refused if it is missing', async () => {
    expect(await gds('diff', '-f', join(folder, 'none.yaml'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('ENOENT'),
    });
  });
});

describe('a change that AWS refuses', () => {
  const withPort = (id: string, name: string) => ({
    GlobalReplicationGroupId: id,
    Members: [member(name, 'us-east-1', { Port: 7000 })],
  });

  it('is refused before anything is changed, with the place in the file', async () => {
    const port = withPort(await make('refused'), 'refused');
    await changes();

    const refused = await apply(port);

    expect(refused).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^✗ setting-changeable \S+yaml:5:5 #\/Members\/0\/Port: /m),
    });
    expect(await changes()).toEqual([]);
  });

  it('fails its dry run, and is a difference', async () => {
    const port = withPort(await make('tried'), 'tried');

    const dryRun = await apply(port, '--dry-run', '-o', 'json');

    expect(dryRun.code).toBe(3);
    expect(JSON.parse(dryRun.out)).toMatchObject({ Changes: [{ Operation: 'applyTopology', Valid: false }] });
    expect(await diff(port)).toMatchObject({ code: 1, out: expect.stringContaining('✗ setting-changeable') });
  });
});

it('sends nothing if the datastore is not that of --if-match, and names the changes in progress without a wait', async () => {
  const id = await make('described', [], { CacheNodeType: 'cache.r7g.xlarge' });
  const path = await file('described.yaml', {
    GlobalReplicationGroupId: id,
    GlobalReplicationGroupDescription: 'Changed',
    CacheNodeType: 'cache.r7g.large',
  });
  const other = await gds('apply', '-f', path, '--if-match', '"other"');
  expect(other).toMatchObject({ code: 3, err: expect.stringContaining('code: PreconditionFailed') });

  const first = await gds('apply', '-f', path, '--no-wait', '--reason', 'x');
  expect(first).toMatchObject({ code: 5, err: expect.stringMatching(/gds watch ldgnf-described, then run the same/) });
  expect(first.err).toContain('--reason is not recorded');
  await waitUntilStable(id);

  expect(await gds('apply', '-f', path, '--no-wait')).toMatchObject({ code: 0 });
  await waitUntilStable(id);
  expect(await gds('diff', '-f', path)).toMatchObject({ code: 0 });
});

it('publishes the schema in its package', async () => {
  const published = JSON.parse(await readFile('cli/datastoreFile.schema.json', 'utf8'));
  const { files, exports } = JSON.parse(await readFile('cli/package.json', 'utf8'));

  expect(published).toEqual(datastoreFileSchema);
  expect(files).toContain('datastoreFile.schema.json');
  expect(exports).toEqual({ './datastoreFile.schema.json': './datastoreFile.schema.json' });
});

/** The settings of one member in a file. */
const settings = fc.record(
  {
    SnapshotRetentionLimit: fc.nat(3),
    SnapshotWindow: fc.constantFrom('05:00-06:00', '07:00-08:30'),
    PreferredMaintenanceWindow: fc.constantFrom('mon:10:00-mon:11:00', 'tue:12:00-tue:13:00'),
    ReplicationGroupDescription: fc.constantFrom('One', 'Two'),
    Tags: fc.constantFrom([{ Key: 'stage', Value: 'dev' }], [{ Key: 'team' }]),
  },
  { requiredKeys: [] },
);

/** The random choices from which `fileFor` creates a file. */
const choices = fc.record({
  /** Whether and how the file lists the member of each region. */
  listed: fc.array(
    fc.record({ isListed: fc.boolean(), isNew: fc.boolean(), settings, nodes: fc.integer({ min: 1, max: 3 }) }),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
  prune: fc.boolean(),
  /** The automatic failover and Multi-AZ of the file. Undefined if the file has neither. */
  isHighlyAvailable: fc.option(fc.boolean(), { nil: undefined }),
  primary: fc.option(fc.nat(2), { nil: undefined }),
  shared: fc.record(
    {
      CacheNodeType: fc.constantFrom('cache.r7g.large', 'cache.r7g.xlarge'),
      GlobalReplicationGroupDescription: fc.constantFrom('One', 'Two'),
    },
    { requiredKeys: [] },
  ),
});

type Choices = typeof choices extends fc.Arbitrary<infer T> ? T : never;

interface Present {
  readonly ids: ReadonlyMap<string, string>;
  readonly primary: string;
}

let datastoreCount = 0;

/** Returns a file that can be applied to a datastore, and the members of the datastore after that. */
function fileFor(id: string, { ids, primary }: Present, { listed, isHighlyAvailable, ...options }: Choices) {
  const prune = options.prune || isHighlyAvailable !== undefined;
  const own = regions.flatMap((region, index) => {
    const { isListed, isNew, settings: named, nodes } = listed[index] as Choices['listed'][number];
    const present = ids.get(region);
    if (!isListed && region !== primary) return [];
    const ReplicationGroupId =
      present && !(isNew && prune && region !== primary) ? present : `made-${++datastoreCount}`;
    const nodesNamed =
      isHighlyAvailable === undefined
        ? {}
        : {
            NumCacheClusters: isHighlyAvailable ? Math.max(2, nodes) : nodes,
            MultiAZEnabled: isHighlyAvailable,
          };
    return [{ ReplicationGroupId, ReplicationGroupRegion: region as string, ...named, ...nodesNamed }];
  });
  const promoted = options.primary === undefined ? undefined : own[options.primary % own.length];
  const Members = own.map((one) => ({ ...one, ...(one === promoted && { Role: 'PRIMARY' }) }));
  const remaining = prune ? [] : [...ids];
  return {
    prune,
    content: {
      GlobalReplicationGroupId: id,
      ...options.shared,
      ...(isHighlyAvailable !== undefined && { AutomaticFailoverEnabled: isHighlyAvailable }),
      Members,
    },
    after: {
      ids: new Map([
        ...remaining,
        ...Members.map((one) => [one.ReplicationGroupRegion, one.ReplicationGroupId] as const),
      ]),
      primary: promoted?.ReplicationGroupRegion ?? primary,
    },
  };
}

it('reaches what a file says from any state, and then changes nothing', async () => {
  const id = await make('any', ['eu-west-1']);
  let present: Present = {
    ids: new Map(regions.slice(0, 2).map((region) => [region, `any-${region}`])),
    primary: 'us-east-1',
  };
  const numRuns = process.env.PROVE ? 40 : 1;

  await fc.assert(
    fc.asyncProperty(choices, async (input) => {
      const { content, prune, after } = fileFor(id, present, input);
      const options = prune ? ['--prune'] : [];
      expect(await apply(content, '--yes', ...options)).toMatchObject({ code: 0 });
      present = after;
      const members = await membersOf(id);
      expect(members).toHaveLength(after.ids.size);
      expect(members).toContain(`${after.primary} PRIMARY`);
      await changes();

      expect(await diff(content, ...options)).toMatchObject({ code: 0 });
      expect(await apply(content, ...options)).toMatchObject({
        code: 0,
        out: expect.stringContaining('Nothing to change.'),
      });
      expect(await changes()).toEqual([]);
    }),
    { numRuns, endOnFailure: true },
  );
}, 1_200_000);
