import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { until } from '../support/emulator.ts';
import { serveApi } from '../support/serveApi.ts';
import { schemas } from './backstageSchemas.ts';

type Json = ReturnType<typeof JSON.parse>;

const durable = await startDurable();
const { call, emulator } = await startApi({
  transitionMs: 20,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, RECONCILE_INTERVAL_SECONDS: '1', POLL_MS: '20' },
});
const api = await serveApi(call);

const read = (file: string) => readFile(`examples/backstage/${file}`, 'utf8');
const template: Json = parse(await read('template.yaml'));
const entities: Json[] = parseAllDocuments(await read('catalog.yaml')).map((document) => document.toJS());

const ajv = new Ajv({ strict: false, allErrors: true });
const violationsOf = (entity: Json) => (ajv.validate(schemas[entity.kind] ?? false, entity) ? [] : ajv.errors);

describe('examples/backstage/catalog.yaml', () => {
  it('has entities that the catalog accepts, with the definition that the API serves', async () => {
    const [described, resource] = entities;
    const definition = await fetch(described.spec.definition.$text.replace('https://API', api));
    described.spec.definition = await definition.text();

    expect([described, resource].map(violationsOf)).toEqual([[], []]);
    expect(JSON.parse(described.spec.definition).openapi).toMatch(/^3\./);
    expect(violationsOf({ ...resource, spec: {} })).not.toEqual([]);
  });
});

describe('examples/backstage/template.yaml', () => {
  const form = { suffix: 'billing', primary: 'billing-use1', primaryRegion: 'us-east-1' };
  const secondary = { secondary: 'billing-euw1', secondaryRegion: 'eu-west-1' };

  it('is valid for the scaffolder, and uses the fields of its form', () => {
    const [{ properties, required }] = template.spec.parameters;
    const used = [...JSON.stringify(template.spec.steps).matchAll(/\bparameters\.(\w+)/g)].map(([, name]) => name);

    expect(violationsOf(template)).toEqual([]);
    expect(Object.keys(properties)).toEqual([...new Set(used)]);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(required));
  });

  it('creates a datastore with a secondary once, also if Backstage runs the task again', async () => {
    await emulator.seed('billing-use1');

    const { scope, text } = await runTemplate({ ...form, ...secondary }, 'task-1');
    const again = await request(render(template.spec.steps[1].input, scope));

    const { OperationId } = scope.steps.create.output.body;
    expect(scope.steps).toMatchObject({ check: { output: { code: 200 } }, create: { output: { code: 202 } } });
    expect(again).toMatchObject({ code: 202, headers: { 'idempotency-replayed': 'true' }, body: { OperationId } });
    expect(text[1].content).toMatch(/^ldgnf-billing:\n(RUNNING|SUCCEEDED)\. .*\n`gds op ldgnf-billing_\w+ --wait`/);
    const operation = async () => (await call(`GET /operations/${OperationId}`)).body.Operation;
    await until(async () => (await operation()).Status === 'SUCCEEDED', 20_000);
    expect((await call('GET /operations')).body.Operations).toHaveLength(1);
  });

  it('creates nothing if a check of the dry run fails, and shows the checks', async () => {
    const { scope, text } = await runTemplate({ ...form, suffix: 'none', primary: 'nobody', ...secondary }, 'task-2');

    expect(Object.keys(scope.steps)).toEqual(['check']);
    expect(text).toMatchObject([{ title: 'Checks', content: expect.stringContaining('"fail"') }]);
  });
});

/** Runs the steps as the scaffolder does. Returns the scope of the expressions, and the texts of the output. */
async function runTemplate(parameters: Readonly<Record<string, string>>, taskId: string): Promise<Json> {
  const scope: Json = { parameters, context: { task: { id: taskId } }, steps: {} };
  for (const { id, input, if: condition = true } of template.spec.steps)
    if (render(condition, scope)) scope.steps[id] = { output: await request(render(input, scope)) };
  const text = template.spec.output.text.filter(({ if: condition = true }) => render(condition, scope));
  return { scope, text: render(text, scope) };
}

/** Sends a request as http:backstage:request 5.8.0 does, through Backstage's proxy. */
async function request({ method, path, params = {}, headers = {}, body }: Json): Promise<Json> {
  const query = new URLSearchParams(params).toString();
  const target = `${api}${path.replace(/^\/proxy\/global-datastores(?=\/)/, '')}${query && `?${query}`}`;
  const response = await fetch(target, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (response.status >= 400) throw new Error(`Unable to complete request: ${await response.text()}`);
  return { code: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
}

/** Replaces the expressions of a template by their values. A text that is one expression becomes its value, of any type. */
function render(value: Json, scope: Json): Json {
  if (Array.isArray(value)) return value.map((element) => render(element, scope));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, render(member, scope)]));
  if (typeof value !== 'string') return value;
  const [, whole] = /^\$\{\{ ([^}]+) \}\}$/.exec(value) ?? [];
  return whole
    ? evaluate(whole, scope)
    : value.replace(/\$\{\{ ([^}]+) \}\}/g, (_, expression) => `${evaluate(expression, scope)}`);
}

function evaluate(expression: string, scope: Json): Json {
  const [path = '', filter] = expression.split(' | ');
  const found = path.split('.').reduce((parent, name) => parent?.[name], scope);
  return filter === 'dump' ? JSON.stringify(found) : found;
}
