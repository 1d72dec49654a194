import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { compileCodeCache, loaderSource, resetFlags } from '../build/codeCache/loader.ts';
import { validatorsCode } from '../build/plugins/precompiledValidators.ts';
import { sdkStubs } from '../build/plugins/sdkStubs.ts';
import { build, bundle, writeAtomically } from '../build.ts';
import { createGlobalDatastore } from '../src/schemas/createGlobalDatastore.ts';

/** A function that creates a datastore, built in one way. */
export interface Variant {
  readonly name: string;
  /** `limit` is the reference of the others, `floor` does nothing, `bare` has no framework. */
  readonly kind: 'limit' | 'floor' | 'ours' | 'peer' | 'peer, our build' | 'bare';
  /** The folder of the bundle, and the name of the bundle. */
  readonly root: string;
  readonly bundle: string;
  readonly bytes: { readonly raw: number; readonly gzip: number };
}

/** The folder of all bundles. */
const out = resolve('bench/dist');

/** The frameworks to compare with, by the names of their files in `peers/`. */
const peers = {
  hono: 'Hono',
  powertools: 'Powertools router',
  middyAjv: 'middy, ajv at start',
  express: 'Express',
  fastify: 'Fastify',
};

type Peer = readonly [name: string, title: string];

/** Returns the peers of which a variant has this text in its name. */
const selectPeers = (only: string): Peer[] =>
  Object.entries(peers).filter(([, title]) => `${title}, our build`.includes(only));

/** Returns whether a selected peer cannot be built because the packages of the peers are not installed. */
export async function lacksPeers(only: string): Promise<boolean> {
  const isInstalled = await stat('bench/node_modules/fastify').then(
    () => true,
    () => false,
  );
  return !isInstalled && selectPeers(only).length > 0;
}

/** Builds our handlers as they are deployed, and each peer with this text in its name, as documented and with our build. */
export async function buildVariants(only: string): Promise<Variant[]> {
  const selected = selectPeers(only);
  const names = selected.map(([name]) => name);
  await rm(out, { recursive: true, force: true });
  for (const folder of ['documented', 'built', 'uncached']) await mkdir(`${out}/${folder}`, { recursive: true });
  await build({ outdir: `${out}/ours` });
  for (const file of await readdir(`${out}/ours`))
    if (!file.endsWith('.cache')) await copyFile(`${out}/ours/${file}`, `${out}/uncached/${file}`);
  await Promise.all(['limit', 'empty', ...names].map(buildAsDocumented));
  await Promise.all(['bare', 'bareRead', ...names].map(buildAsOurs));

  const create = 'createGlobalDatastore';
  return Promise.all([
    findVariant('by hand, no SDK (the limit)', 'limit', 'documented', 'limit'),
    findVariant('empty handler', 'floor', 'documented', 'empty'),
    findVariant('this API', 'ours', 'ours', create),
    findVariant('this API, no code cache', 'ours', 'uncached', create),
    findVariant('the SDK alone, our build', 'bare', 'built', 'bare'),
    ...selected.map(([name, title]) => findVariant(title, 'peer', 'documented', name)),
    ...selected.map(([name, title]) => findVariant(`${title}, our build`, 'peer, our build', 'built', name)),
  ]);
}

/** Returns one of our functions, with or without its code cache. Requires `buildVariants`. */
export const ourFunction = (name: string, folder: 'ours' | 'uncached'): Promise<Variant> =>
  findVariant(name, 'ours', folder, name);

/** Returns the limit. */
export const handwritten = (): Promise<Variant> => findVariant('by hand', 'limit', 'documented', 'limit');

/** Returns the function that reads a datastore with the SDK and without a framework. */
export const bareRead = (): Promise<Variant> => findVariant('the SDK alone', 'bare', 'built', 'bareRead');

async function findVariant(name: string, kind: Variant['kind'], folder: string, bundle: string): Promise<Variant> {
  const root = `${out}/${folder}`;
  const files = (await readdir(root)).filter((file) => file.startsWith(`${bundle}.`) && /js$/.test(file));
  const contents = await Promise.all(files.map((file) => readFile(`${root}/${file}`)));
  const sum = (sizeOf: (content: Buffer) => number) => contents.map(sizeOf).reduce((total, each) => total + each, 0);
  return {
    name,
    kind,
    root,
    bundle,
    bytes: { raw: sum(({ length }) => length), gzip: sum((code) => gzipSync(code, { level: 9 }).length) },
  };
}

/**
 * Bundles a peer as the guides do: one minified ES module without the unused code of its dependencies. The module before it has
 * the first line of our loader, so that every variant starts with the code cache of Node itself.
 */
async function buildAsDocumented(name: string): Promise<void> {
  await esbuild.build({
    stdin: { contents: entry(name), resolveDir: '.' },
    outfile: `${out}/documented/${name}.bundle.mjs`,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins: [compiledSchema],
  });
  const loader = `${resetFlags}\nexport const { handler } = await import('./${name}.bundle.mjs');\n`;
  await writeAtomically(`${out}/documented/${name}.mjs`, loader);
}

/** Bundles a peer with the plugins and the code cache of our own functions. */
async function buildAsOurs(name: string): Promise<void> {
  const folder = `${out}/built`;
  const { stem } = await bundle(name, entry(name, 'loader'), folder, [compiledSchema, sdkStubs()]);
  await compileCodeCache(`${folder}/${stem}`, createGlobalDatastore);
  await writeAtomically(`${folder}/${name}.mjs`, loaderSource(stem, true));
}

/**
 * Returns the source of an entry point. Fastify must be awaited: our loader awaits `prime`, any other module awaits it itself.
 */
const entry = (name: string, awaitedBy: 'loader' | 'module' = 'module') => {
  const peer = `./bench/peers/${name}.js`;
  const awaited =
    awaitedBy === 'loader' ? `export { prime } from '${peer}';` : `import { prime } from '${peer}'; await prime();`;
  return `export { handler } from '${peer}'; ${name === 'fastify' ? awaited : ''}`;
};

/** Provides the compiled schema of the request to peers that do not compile it themselves. */
const compiledSchema: esbuild.Plugin = {
  name: 'compiled-schema',
  setup(build) {
    build.onResolve({ filter: /^compiled-schema$/ }, ({ path }) => ({ path, namespace: 'compiled-schema' }));
    build.onLoad({ filter: /.*/, namespace: 'compiled-schema' }, () => ({
      contents: `${validatorsCode(createGlobalDatastore)}\nexport { body as validate };`,
      resolveDir: 'src/schemas',
    }));
  },
};
