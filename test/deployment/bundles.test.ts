import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../build.ts';
import { signInOf } from '../../console/server/signInOf.ts';
import { routes } from '../../src/schemas/routes.ts';
import { buildBundles } from '../support/stack.ts';

const bundles = await buildBundles();
const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, ''));

/** Returns the files that contribute at least one byte to a bundle. */
function filesIn(name: string): string[] {
  const { outputs } = (bundles[name] as Bundle).metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** Returns the names of the AWS clients in a bundle, sorted. */
const clientsIn = (name: string) =>
  [...new Set(filesIn(name).flatMap((path) => path.match(/@aws-sdk\/client-([a-z-]+)/)?.[1] ?? []))].sort();

describe.each(handlers)('the bundle of %s', (name) => {
  const files = filesIn(name);

  it("imports only Node's modules", () => {
    const imports = Object.values((bundles[name] as Bundle).metafile.outputs).flatMap((output) => output.imports);

    expect(imports.filter(({ path, kind }) => kind !== 'require-call' || !isBuiltin(path))).toEqual([]);
  });

  it('contains no schema compiler', () => {
    expect(
      files.filter((path) => /node_modules\/(ajv\/dist\/(?!runtime\/)|json-schema-to-ts|ajv-formats)/.test(path)),
    ).toEqual([]);
  });

  it('contains nothing of the emulator, local runs, the build and the tests', () => {
    expect(files.filter((path) => /^(emulator|local|test|bench|build)\//.test(path))).toEqual([]);
  });

  it('contains neither the default credential chain nor event streams', () => {
    const unwanted = /node_modules\/.*(credential-provider-(?!env)|token-providers|nested-clients|event-?stream)/;

    expect(files.filter((path) => unwanted.test(path))).toEqual([]);
  });

  it('contains no package twice', () => {
    const places = files.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
    const packages = [...new Set(places)].map((place) => place.replace(/^.*node_modules\//, ''));

    expect(packages.filter((name, index) => packages.indexOf(name) < index)).toEqual([]);
  });
});

/** The maximum bytes of code. Without a valid code cache each cold start parses all of them. */
const maximum = 219_000;
const budgets: { readonly [clients: string]: { readonly maximum: number; readonly names: readonly string[] } } = {
  '': { maximum: 326_000, names: ['getHealth', 'getOpenApi', 'getProblem', 'notFound'] },
  elasticache: {
    maximum,
    names: [
      'getConnection',
      'getGlobalDatastore',
      'getReplicationGroup',
      'listGlobalDatastores',
      'listReplicationGroups',
    ],
  },
  'cloudwatch, elasticache': { maximum: 275_000, names: ['getReplication'] },
  lambda: { maximum, names: ['getEvacuation', 'listOperations'] },
  dynamodb: { maximum, names: ['getAudit'] },
  'dynamodb, lambda': { maximum: 245_000, names: ['listDrills'] },
  'cloudwatch, dynamodb, elasticache, lambda': { maximum: 435_000, names: ['startDrill'] },
  'elasticache, lambda': { maximum: 283_000, names: ['getOperation'] },
  'dynamodb, elasticache': {
    maximum: 315_000,
    names: ['getReady', 'modifyGlobalDatastore', 'rebalanceSlots', 'removeMember', 'scaleNodeGroups'],
  },
  'cloudwatch, dynamodb, elasticache': { maximum: 330_000, names: ['failoverGlobalDatastore'] },
  'dynamodb, elasticache, lambda': {
    maximum: 338_000,
    names: ['cancelOperation', 'deleteGlobalDatastore', 'startEvacuation'],
  },
  'dynamodb, elasticache, secrets-manager': { maximum: 440_000, names: ['addMember', 'modifyMember'] },
  'dynamodb, elasticache, lambda, secrets-manager': {
    maximum: 435_000,
    names: ['createGlobalDatastore', 'rotateAuthToken'],
  },
  'cloudwatch, dynamodb, elasticache, lambda, secrets-manager': { maximum: 470_000, names: ['applyTopology'] },
};

describe.each(Object.entries(budgets))('the bundles with the AWS clients (%s)', (clients, { maximum, names }) => {
  it('are those of the functions that call these services', () => {
    expect(handlers.filter((name) => clientsIn(name).join(', ') === clients).sort()).toEqual(names);
  });

  it.each(names)('include %s, which does not exceed its maximum size', (name) => {
    expect(bundles[name]?.bytes).toBeLessThan(maximum);
  });
});

describe('a read', () => {
  const { metafile, stem } = bundles.getGlobalDatastore as Bundle;
  const bytesOf = (file: RegExp) =>
    Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path]) => file.test(path))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);

  it('has only those schemas of ElastiCache that it uses', () => {
    expect(bytesOf(/client-elasticache\/.*\/schemas_0\.js$/)).toBeLessThan(12_000);
  });

  it('has neither documentation nor the schemas of other contracts', async () => {
    const code = await readFile(`dist/${stem}.js`, 'utf8');

    expect(code.includes(routes.getGlobalDatastore.summary)).toBe(false);
    expect(code.includes(routes.createGlobalDatastore.body.properties.GlobalReplicationGroupIdSuffix.description)).toBe(
      false,
    );
  });
});

describe('the bundle of the console', async () => {
  const event = (rawPath: string, headers = {}, method = 'GET') => ({
    rawPath,
    headers,
    requestContext: { http: { method } },
  });
  const { handler } = (await import(`${process.cwd()}/dist/console.mjs`)) as {
    handler: (event: object) => Promise<APIGatewayProxyStructuredResultV2>;
  };
  const bodyOf = ({ body = '' }: APIGatewayProxyStructuredResultV2) => Buffer.from(body, 'base64');

  it('has neither the SDK nor code of the API, and does not exceed its maximum size', () => {
    expect(filesIn('console').filter((file) => !file.startsWith('console/server/'))).toEqual(['<stdin>']);
    expect(bundles.console?.bytes).toBeLessThan(1_400_000);
  });

  it.each([
    ['/', 'text/html; charset=utf-8', '<div id="app">'],
    ['/console/main.js', 'text/javascript; charset=utf-8', 'Global datastores'],
    ['/docs', 'text/html; charset=utf-8', '/console/scalar.js'],
    ['/console/openapi.json', 'application/json', '"openapi"'],
    ['/console/config.json', 'application/json', '{"kind":"none"}'],
  ])('serves %s without anything else', async (path, type, part) => {
    const response = await handler(event(path));

    expect(response).toMatchObject({ statusCode: 200, headers: { 'content-type': type }, isBase64Encoded: true });
    expect(bodyOf(response).toString()).toContain(part);
    expect(await handler(event(path, {}, 'HEAD'))).toEqual({ ...response, body: '' });
  });

  it('compresses a file for a browser that accepts it, and sends it once per entity tag', async () => {
    const response = await handler(event('/console/scalar.js', { 'accept-encoding': 'br, gzip' }));
    const again = await handler(event('/console/scalar.js', { 'if-none-match': response.headers?.etag }));

    expect(response.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(bodyOf(response).length).toBeLessThan(1_000_000); // a response of Lambda has at most 6 MB
    expect(again).toMatchObject({ statusCode: 304, body: '' });
  });

  it('responds 404 to other files', async () => {
    expect(await handler(event('/console/../build.ts'))).toMatchObject({ statusCode: 404 });
  });
});

it.each<[string, Record<string, string>, object]>([
  ['signatures', { AUTH: 'iam', ISSUER: 'https://issuer.example' }, { kind: 'none' }],
  [
    'tokens',
    {
      AUTH: 'jwt',
      ISSUER: 'https://issuer.example',
      AUDIENCE: 'ds',
      SCOPE_PREFIX: 'ds/',
      CLIENT_ID: 'web',
      SCOPES: '',
    },
    {
      kind: 'oidc',
      authority: 'https://issuer.example',
      clientId: 'web',
      scope: 'openid ds/viewer ds/operator ds/break-glass',
      parameters: { audience: 'ds' },
      origins: [],
    },
  ],
  [
    'both',
    { AUTH: 'iam+jwt', ISSUER: 'https://i', SCOPES: 'openid offline_access', ORIGINS: 'https://a https://b' },
    { kind: 'oidc', scope: 'openid offline_access', origins: ['https://a', 'https://b'] },
  ],
])('the sign-in of the console is the one for an API that accepts %s', (_, environment, expected) => {
  expect(signInOf(environment)).toMatchObject(expected);
});

it('builds one bundle for each handler and each durable function, and one for the console', async () => {
  const loaders = (await readdir('dist')).filter((file) => file.endsWith('.mjs'));

  expect(loaders.sort()).toEqual([...handlers, 'console', 'reconcile'].map((name) => `${name}.mjs`).sort());
});
