import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { globalDatastores } from '../../client/index.ts';
import { startApi } from '../support/api.ts';
import { schemaOf, violationsOf } from '../support/cloudFormation.ts';
import { datastores } from '../support/datastore.ts';
import { startDurable } from '../support/durable.ts';
import { serveApi } from '../support/serveApi.ts';

const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1', POLL_MS: '20' },
});
const { make } = datastores(emulator);

const client = globalDatastores({ url: await serveApi(call) });

interface Template {
  readonly Resources: Readonly<Record<string, { Type: string; Properties: ReturnType<typeof JSON.parse> }>>;
}

const read = (file: string): Template =>
  parse(readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8'));

/** Loads a module of an example with Node. Vite resolves the package of the client, which is not built here. */
const load = (file: string): ReturnType<typeof JSON.parse> => createRequire(import.meta.url)(`../../examples/${file}`);

const resources = ['monthlyDrill/template.yml', 'arcRegionSwitch/plan.yml'].flatMap((file) =>
  Object.entries(read(file).Resources).map(
    ([id, { Type, Properties }]) => [`${id} of ${file}`, Type, Properties] as const,
  ),
);

describe.each(resources)('%s', (id, Type, Properties) => {
  it('has the properties of its CloudFormation schema', () => {
    const { Code, ...others } = Properties; // a folder, which `aws cloudformation package` replaces

    expect(schemaOf(Type)).toBeDefined();
    expect(violationsOf(Type, { ...others, ...(Code && { Code: {} }) }, id)).toEqual([]);
  });
});

describe('examples/monthlyDrill', () => {
  it('starts one drill for all attempts of a schedule', async () => {
    const id = await make('monthly', ['eu-west-1']);
    const { startDrill } = load('monthlyDrill/monthlyDrill.mjs');
    const { Input } = read('monthlyDrill/template.yml').Resources.Schedule?.Properties.Target ?? {};
    const input = String(Input['Fn::Sub'])
      .replace(/\$\{GlobalReplicationGroupId\}/, id)
      .replace('<aws.scheduler.scheduled-time>', '2026-12-01T09:00:00Z');
    const event = { ...JSON.parse(input), HoldSeconds: 0 }; // this test does not wait for the hold
    expect(JSON.parse(input).HoldSeconds).toBe(300);

    const { OperationId } = await startDrill(client, event);
    const again = await startDrill(client, event);
    const operation = await client.waitForOperation(OperationId, { seconds: 30 });

    expect(again).toEqual({ OperationId });
    expect(operation).toMatchObject({
      Kind: 'DRILL',
      Status: 'SUCCEEDED',
      Wanted: { Drill: { PrimaryRegion: 'eu-west-1', MaxLagSeconds: 5, Reason: 'Monthly drill' } },
      Result: { RtoSeconds: expect.any(Number), ReturnRtoSeconds: expect.any(Number) },
    });
    expect((await client.listDrills({ GlobalReplicationGroupId: id })).Drills).toMatchObject([{ OperationId }]);
  });
});

describe('examples/arcRegionSwitch', () => {
  const primaryOf = async (GlobalReplicationGroupId: string) =>
    (await client.getGlobalDatastore({ GlobalReplicationGroupId })).GlobalReplicationGroup.Members?.find(
      ({ Role }) => Role === 'PRIMARY',
    )?.ReplicationGroupRegion;

  it('makes the activated region the primary, and does nothing in a second call', async () => {
    const id = await make('switched', ['eu-west-1']);
    const { activateRegion } = load('arcRegionSwitch/regionSwitch.mjs');
    await emulator.calls();

    await activateRegion(client, id, 'eu-west-1');
    await activateRegion(client, id, 'eu-west-1');

    expect(await primaryOf(id)).toBe('eu-west-1');
    const promotions = (await emulator.calls()).filter(({ Action }) => Action.startsWith('Failover'));
    expect(promotions).toMatchObject([{ Region: 'eu-west-1', Code: null }]);
  });

  it('fails, so that Region switch calls it again, while the region has no member', async () => {
    const id = await make('lonely');
    const { activateRegion } = load('arcRegionSwitch/regionSwitch.mjs');

    await expect(activateRegion(client, id, 'eu-west-1')).rejects.toThrow(/No member in eu-west-1/);
    expect(await primaryOf(id)).toBe('us-east-1');
  });

  it('runs in the region that the plan activates, and in an ungraceful run, too', () => {
    const [step] = read('arcRegionSwitch/plan.yml').Resources.Plan?.Properties.Workflows[0].Steps ?? [];
    const { CustomActionLambdaConfig: action } = step.ExecutionBlockConfiguration;

    expect(action).toMatchObject({ RegionToRun: 'activatingRegion', Lambdas: { length: 2 } });
    expect(action).not.toHaveProperty('Ungraceful');
  });
});
