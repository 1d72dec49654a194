import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Bundle, build } from '../../build.ts';

const made = await build({ codeCache: false });
const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, ''));

/** What went into a bundle: the files of which it holds at least a byte. */
function insideOf(name: string): string[] {
  const { outputs } = (made[name] as Bundle).metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** Returns the names of the AWS clients in a bundle, sorted. */
const clientsIn = (name: string) =>
  [...new Set(insideOf(name).flatMap((path) => path.match(/@aws-sdk\/client-([a-z-]+)/)?.[1] ?? []))].sort();

describe.each(handlers)('the bundle of %s', (name) => {
  const inside = insideOf(name);

  it('imports nothing', () => {
    const imports = Object.values((made[name] as Bundle).metafile.outputs).flatMap((output) => output.imports);

    expect(imports).toEqual([]);
  });

  it('holds no compiler of schemas', () => {
    expect(
      inside.filter((path) => /node_modules\/(ajv\/dist\/(?!runtime\/)|json-schema-to-ts|ajv-formats)/.test(path)),
    ).toEqual([]);
  });

  it('holds nothing of the emulator, of local runs, of the build and of tests', () => {
    expect(inside.filter((path) => /^(emulator|local|test|bench|build)\//.test(path))).toEqual([]);
  });

  it('holds no search for credentials and no event streams', () => {
    const unwanted = /node_modules\/.*(credential-provider-(?!env)|token-providers|nested-clients|event-?stream)/;

    expect(inside.filter((path) => unwanted.test(path))).toEqual([]);
  });

  it('holds no package twice', () => {
    const places = inside.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
    const packages = [...new Set(places)].map((place) => place.replace(/^.*node_modules\//, ''));

    expect(packages.filter((name, index) => packages.indexOf(name) < index)).toEqual([]);
  });
});

/** Most bytes of code: they are parsed at each cold start where no code cache fits. */
const most = 200_000;
const budgets: { readonly [clients: string]: { readonly most: number; readonly names: readonly string[] } } = {
  '': { most: 215_000, names: ['getHealth', 'getOpenApi', 'getProblem', 'notFound'] },
  elasticache: {
    most,
    names: ['getGlobalDatastore', 'getReplicationGroup', 'listGlobalDatastores', 'listReplicationGroups'],
  },
  lambda: { most, names: ['listOperations'] },
  dynamodb: { most, names: ['getAudit'] },
  'elasticache, lambda': { most: 255_000, names: ['getOperation'] },
  'dynamodb, elasticache': {
    most: 315_000,
    names: [
      'addMember',
      'failoverGlobalDatastore',
      'modifyGlobalDatastore',
      'rebalanceSlots',
      'removeMember',
      'scaleNodeGroups',
    ],
  },
  'dynamodb, elasticache, lambda': {
    most: 360_000,
    names: ['applyTopology', 'cancelOperation', 'createGlobalDatastore', 'deleteGlobalDatastore'],
  },
};

describe.each(Object.entries(budgets))('with the clients of AWS (%s)', (clients, { most, names }) => {
  it('are just the functions that call them', () => {
    expect(handlers.filter((name) => clientsIn(name).join(', ') === clients).sort()).toEqual(names);
  });

  it.each(names)('%s has few bytes', (name) => {
    expect(made[name]?.bytes).toBeLessThan(most);
  });
});

it.each([
  'loggerMiddleware',
  'emitWarningIfUnsupportedVersion',
  'HeaderFormatter',
  'Sha256Js',
  'AdaptiveRetryStrategy',
  'getInstanceMetadataRegion',
  'loadSharedConfigFiles',
])('%s of the SDK is where the build leaves it out', (file) => {
  const { inputs } = (made.createGlobalDatastore as Bundle).metafile;
  const [found] = Object.entries(inputs).filter(([path]) => path.endsWith(`/${file}.js`) && !path.includes('pre-sra'));

  expect(found?.[1].bytes).toBeLessThan(200);
});

it('there is a bundle for each handler and each durable function, and none more', async () => {
  const bundles = (await readdir('dist')).filter((file) => file.endsWith('.mjs'));

  expect(bundles.sort()).toEqual([...handlers, 'reconcile'].map((name) => `${name}.mjs`).sort());
});
