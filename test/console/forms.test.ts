import { ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../../console/src/forms/actions.ts';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { type InputDevice, keyboard, mouse } from '../support/inputDevices.ts';

/** A form that the test fills in and sends, and the expected result. */
interface Case {
  /** The address of the form, after `#/`. */
  readonly form: string | (() => Promise<string>);
  /** The fields with their texts. A name without a text is that of a button. */
  readonly steps: readonly (readonly [name: string, text?: string])[];
  /** Creates the input device. Default: the mouse. */
  readonly device?: (page: Page) => InputDevice;
  /** Reads the resource that the form changes. */
  readonly read: () => Promise<unknown>;
  /** The expected result of `read` after the change. */
  readonly expected: object;
}

// Tests that the API applies the values of every form of the console.

describe.skipIf(!browserPath)(`the form of${skipReason}`, { timeout: 60_000 }, async () => {
  if (!browserPath) return void it.skip('needs Chromium', () => {});
  const { call, control, emulator, url, openPage } = await startConsole();
  const { make, describeGroup } = datastores(emulator);
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, body: (await response.json()) as ReturnType<typeof JSON.parse> };
  };
  const datastore = (name: string) => () => get(`/global-datastores/ldgnf-${name}`);
  const group = (name: string) => () => describeGroup('eu-west-1', name);
  const operations = (name: string) => () => get(`/operations?GlobalReplicationGroupId=ldgnf-${name}`);
  const tagsOf = (name: string) => async () => {
    const { ARN } = await describeGroup('eu-west-1', name);
    return emulator.client('eu-west-1').send(new ListTagsForResourceCommand({ ResourceName: ARN }));
  };
  const form = (name: string, operation: string, values: object = {}) =>
    `datastores/ldgnf-${name}/${operation}?${encodeURIComponent(JSON.stringify(values))}`;
  const member = (name: string) => ({ ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: `${name}-eu-west-1` });
  const isWritten = (body: object) => ({ status: 200, body });
  const withMembers = (...members: object[]) =>
    isWritten({ GlobalReplicationGroup: { Status: 'available', Members: expect.arrayContaining(members) } });
  /** Creates a datastore whose primary is in Sydney. Its id has the prefix of that region, vbgxd. */
  const makeInSydney = async (name: string) => {
    const primary = { PrimaryReplicationGroupId: 'carts-apse2', PrimaryReplicationGroupRegion: 'ap-southeast-2' };
    await call('POST /global-datastores', { GlobalReplicationGroupIdSuffix: name, ...primary });
    const secondary = { ReplicationGroupId: `${name}-usw2`, ReplicationGroupRegion: 'us-west-2' };
    await call(`POST /global-datastores/vbgxd-${name}/members`, secondary);
  };
  const secret = await emulator.secret('elasticache/ledger', 'the-next-token-0001');
  let page: Page;

  beforeAll(async () => {
    const slots = ['0-99,16000-16383', '100-15999'].map((Slots) => ({ Slots, ReplicaCount: 1 }));
    const uneven = { ...clusterMode, ReplicasPerNodeGroup: undefined, NodeGroupConfiguration: slots };
    await control('POST /existing', { UserGroups: { readers: 'active' } });
    page = await openPage();
    await Promise.all([
      make('plain', ['eu-west-1'], { TransitEncryptionEnabled: true }), // user groups need it
      make('shards', ['eu-west-1'], clusterMode),
      make('uneven', [], uneven),
      make('ledger', [], { TransitEncryptionEnabled: true, AuthToken: 'the-former-token-1' }),
      make('drilled', ['eu-west-1']),
      make('topology', ['eu-west-1']),
      makeInSydney('evacuee'),
    ]);
  });

  const cases: Readonly<Record<string, readonly Case[]>> = {
    createGlobalDatastore: [
      {
        form: 'createGlobalDatastore',
        steps: [
          ['Global replication group id suffix', 'made'],
          ['Primary replication group id', 'orders-use1'],
        ],
        read: datastore('made'),
        expected: isWritten({ GlobalReplicationGroup: { Status: 'primary-only' } }),
      },
    ],
    addMember: [
      {
        form: form('made', 'addMember'),
        steps: [
          ['Replication group id', 'made-eu-west-1'],
          ['Replication group region', 'eu-west-1'],
          ['Num cache clusters', '3'],
          ['Security group ids', 'sg-1, sg-2'],
        ],
        read: () => get('/replication-groups/eu-west-1/made-eu-west-1'),
        expected: isWritten({
          ReplicationGroup: { Status: 'available', MemberClusters: { length: 3 } },
          Configuration: { SecurityGroupIds: ['sg-1', 'sg-2'] },
        }),
      },
    ],
    modifyMember: [
      {
        form: form('plain', 'modifyMember', member('plain')),
        steps: [
          ['Add to tags'],
          ['Tags, number 1 > Key', 'stage'],
          ['Tags, number 1 > Value', 'test'],
          ['Add to tags'],
          ['Add to tags'],
          ['Tags, number 3 > Key', 'team'],
          ['Remove number 2 of tags'],
        ],
        read: tagsOf('plain-eu-west-1'),
        expected: {
          TagList: expect.arrayContaining([{ Key: 'stage', Value: 'test' }, expect.objectContaining({ Key: 'team' })]),
        },
      },
      {
        form: form('plain', 'modifyMember', member('plain')),
        steps: [
          ['Add to log delivery configurations'],
          ['Log delivery configurations, number 1 > Log type', 'slow-log'],
          ['Log delivery configurations, number 1 > Destination type', 'cloudwatch-logs'],
          ['Log delivery configurations, number 1 > Log group', '/slow'],
          ['Log delivery configurations, number 1 > Log format', 'json'],
          ['User group ids', 'readers'],
        ],
        read: group('plain-eu-west-1'),
        expected: {
          Status: 'available',
          UserGroupIds: ['readers'],
          LogDeliveryConfigurations: [{ DestinationDetails: { CloudWatchLogsDetails: { LogGroup: '/slow' } } }],
        },
      },
      {
        form: form('plain', 'modifyMember', member('plain')),
        device: keyboard,
        steps: [['More settings'], ['Set user group ids to an empty list']],
        read: async () => ({ UserGroupIds: [], ...(await group('plain-eu-west-1')()) }),
        expected: { Status: 'available', UserGroupIds: [] },
      },
      {
        form: form('shards', 'modifyMember', member('shards')),
        steps: [
          ['Add to node group configuration'],
          ['Node group configuration, number 1 > Node group id', '0002'],
          ['Node group configuration, number 1 > Replica count', '2'],
        ],
        read: group('shards-eu-west-1'),
        expected: {
          Status: 'available',
          NodeGroups: [{ NodeGroupMembers: { length: 2 } }, { NodeGroupMembers: { length: 3 } }],
        },
      },
    ],
    removeMember: [
      {
        form: form('made', 'removeMember', member('made')),
        steps: [['Type made-eu-west-1 to confirm', 'made-eu-west-1']],
        read: datastore('made'),
        expected: isWritten({ GlobalReplicationGroup: { Members: [{ ReplicationGroupId: 'orders-use1' }] } }),
      },
    ],
    failoverGlobalDatastore: [
      {
        form: form('plain', 'failoverGlobalDatastore'),
        steps: [
          ['Primary region', 'eu-west-1'],
          ['Type ldgnf-plain to confirm', 'ldgnf-plain'],
        ],
        read: datastore('plain'),
        expected: withMembers(expect.objectContaining({ ReplicationGroupRegion: 'eu-west-1', Role: 'PRIMARY' })),
      },
    ],
    startDrill: [
      {
        form: form('drilled', 'startDrill'),
        steps: [
          ['Reason', 'A drill'],
          ['Hold seconds', '600'],
          ['Type ldgnf-drilled to confirm', 'ldgnf-drilled'],
        ],
        read: () => get('/global-datastores/ldgnf-drilled/drills'),
        expected: isWritten({ Drills: [{ Status: 'RUNNING', HoldSeconds: 600, Reason: 'A drill' }] }),
      },
    ],
    modifyGlobalDatastore: [
      {
        form: form('made', 'modifyGlobalDatastore'),
        steps: [['Global replication group description', 'Made by a form']],
        read: datastore('made'),
        expected: isWritten({ GlobalReplicationGroup: { GlobalReplicationGroupDescription: 'Made by a form' } }),
      },
    ],
    scaleNodeGroups: [
      {
        form: form('shards', 'scaleNodeGroups'),
        steps: [['Node group count', '3']],
        read: datastore('shards'),
        expected: isWritten({ GlobalReplicationGroup: { Status: 'available', GlobalNodeGroups: { length: 3 } } }),
      },
    ],
    rebalanceSlots: [
      {
        form: form('uneven', 'rebalanceSlots'),
        steps: [],
        read: datastore('uneven'),
        expected: isWritten({
          GlobalReplicationGroup: { GlobalNodeGroups: [{ Slots: '0-99,8292-16383' }, { Slots: '100-8291' }] },
        }),
      },
    ],
    rotateAuthToken: [
      {
        form: form('ledger', 'rotateAuthToken'),
        steps: [
          ['Auth token secret arn', secret],
          ['Auth token update strategy', 'ROTATE'],
        ],
        read: async () => emulator.store.findReplicationGroup('ledger-us-east-1'),
        expected: { authTokens: { length: 2 } },
      },
    ],
    applyTopology: [
      {
        form: form('topology', 'applyTopology'),
        steps: [
          ['Add to members'],
          ['Members, number 3 > Replication group id', 'topology-apse2'],
          ['Members, number 3 > Replication group region', 'ap-southeast-2'],
          ['Members, number 3 > Role', 'SECONDARY'],
          ['Type ldgnf-topology to confirm', 'ldgnf-topology'],
        ],
        read: datastore('topology'),
        expected: withMembers(),
      },
    ],
    deleteGlobalDatastore: [
      {
        form: form('uneven', 'deleteGlobalDatastore'),
        steps: [['Type ldgnf-uneven to confirm', 'ldgnf-uneven']],
        read: datastore('uneven'),
        expected: { status: 404 },
      },
    ],
    cancelOperation: [
      {
        form: async () =>
          form('drilled', 'cancelOperation', {
            OperationId: (await operations('drilled')()).body.Operations[0].OperationId,
          }),
        steps: [],
        read: operations('drilled'),
        expected: isWritten({ Operations: [{ Status: 'SUCCEEDED' }] }),
      },
    ],
    startEvacuation: [
      {
        form: 'evacuations/',
        steps: [
          ['From region', 'ap-southeast-2'],
          ['Reason', 'ap-southeast-2 is lost'],
          ['Type ap-southeast-2 to confirm', 'ap-southeast-2'],
        ],
        read: () => get('/global-datastores/vbgxd-evacuee'),
        expected: withMembers(expect.objectContaining({ ReplicationGroupRegion: 'us-west-2', Role: 'PRIMARY' })),
      },
    ],
  };

  it.each(Object.keys(actions))('%s', async (operation) => {
    const all = cases[operation] ?? [];
    expect(all, `There is no case for ${operation}.`).not.toEqual([]);
    for (const { form, device = mouse, steps, read, expected } of all) {
      const address = typeof form === 'string' ? form : await form();
      await page.evaluate(`location.hash = '#/${address}'`);
      const { press, fill } = device(page);
      const findings = page.getByRole('region', { name: 'What would happen' });
      await page.getByRole('form').waitFor();
      for (const [name, text] of steps) await (text === undefined ? press(name) : fill(name, text));
      await expect.poll(() => findings.innerText(), { timeout: 10_000 }).toContain('The API would accept this');
      await press(actions[operation]?.verb ?? '');
      await page.getByRole('form').waitFor({ state: 'detached' });
      await expect.poll(read, { timeout: 15_000 }).toMatchObject(expected);
    }
  });
});
