import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { bake, loader } from '../build/codeCache/loader.ts';
import { builtins } from '../build/plugins/nodeBuiltins.ts';
import { validatorsCode } from '../build/plugins/precompiledValidators.ts';
import { leftOut } from '../build/plugins/sdkStubs.ts';
import { build, bundle, put } from '../build.ts';
import { createGlobalDatastore } from '../src/schemas/createGlobalDatastore.ts';

/** One way to build a function that creates a datastore. */
export interface Variant {
  readonly name: string;
  /** `limit` is what the others are measured by, `floor` does nothing, `bare` has no framework. */
  readonly kind: 'limit' | 'floor' | 'ours' | 'peer' | 'peer, our build' | 'bare';
  /** The folder of its bundle, and the bundle's name. */
  readonly root: string;
  readonly bundle: string;
  readonly bytes: { readonly raw: number; readonly gzip: number };
}

/** Where all is built. */
const out = resolve('bench/dist');

/** How people build a function, and the names of the peers in `peers/`. */
const peers = {
  hono: 'Hono',
  powertools: 'Powertools router',
  middyAjv: 'middy, ajv at start',
  express: 'Express',
  fastify: 'Fastify',
};

/** Builds all variants: ours from the handlers as they are deployed, the peers as usual and once more with our build. */
export async function variants(): Promise<Variant[]> {
  await rm(out, { recursive: true, force: true });
  for (const folder of ['usual', 'built', 'uncached']) await mkdir(`${out}/${folder}`, { recursive: true });
  await build({ outdir: `${out}/ours` });
  for (const file of await readdir(`${out}/ours`))
    if (!file.endsWith('.cache')) await copyFile(`${out}/ours/${file}`, `${out}/uncached/${file}`);
  await Promise.all(['limit', 'empty', ...Object.keys(peers)].map(usual));
  await Promise.all(['bare', 'bareRead', ...Object.keys(peers)].map(built));

  const create = 'createGlobalDatastore';
  return Promise.all([
    variant('by hand, no SDK (the limit)', 'limit', 'usual', 'limit'),
    variant('empty handler', 'floor', 'usual', 'empty'),
    variant('this API', 'ours', 'ours', create),
    variant('this API, no code cache', 'ours', 'uncached', create),
    variant('the SDK alone, our build', 'bare', 'built', 'bare'),
    ...Object.entries(peers).map(([name, title]) => variant(title, 'peer', 'usual', name)),
    ...Object.entries(peers).map(([name, title]) => variant(`${title}, our build`, 'peer, our build', 'built', name)),
  ]);
}

/** One of our functions, as it is deployed or without its code cache, once all is built. */
export const ourFunction = (name: string, folder: 'ours' | 'uncached'): Promise<Variant> =>
  variant(name, 'ours', folder, name);

/** The limit, and the SDK's call that reads a datastore with nothing around it. */
export const handmade = (): Promise<Variant> => variant('by hand', 'limit', 'usual', 'limit');
export const bareRead = (): Promise<Variant> => variant('the SDK alone', 'bare', 'built', 'bareRead');

async function variant(name: string, kind: Variant['kind'], folder: string, bundle: string): Promise<Variant> {
  const root = `${out}/${folder}`;
  const files = (await readdir(root)).filter((file) => file.startsWith(`${bundle}.`) && /js$/.test(file));
  const contents = await Promise.all(files.map((file) => readFile(`${root}/${file}`)));
  const sum = (of: (content: Buffer) => number) => contents.map(of).reduce((total, each) => total + each, 0);
  return {
    name,
    kind,
    root,
    bundle,
    bytes: { raw: sum(({ length }) => length), gzip: sum((code) => gzipSync(code, { level: 9 }).length) },
  };
}

/** As the guides have it: one minified ES module, its ES dependencies shaken. */
async function usual(name: string): Promise<void> {
  await esbuild.build({
    stdin: { contents: entry(name), resolveDir: '.' },
    outfile: `${out}/usual/${name}.mjs`,
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
}

/** With everything that our own functions get. */
async function built(name: string): Promise<void> {
  const folder = `${out}/built`;
  const { stem } = await bundle(name, entry(name, 'loader'), folder, [compiledSchema, leftOut(), builtins]);
  await bake(`${folder}/${stem}`, createGlobalDatastore);
  await put(`${folder}/${name}.mjs`, loader(stem));
}

/** Fastify alone has something to await; our loader does that, elsewhere the module itself does. */
const entry = (name: string, awaitedBy: 'loader' | 'module' = 'module') => {
  const peer = `./bench/peers/${name}.js`;
  const awaited =
    awaitedBy === 'loader' ? `export { prime } from '${peer}';` : `import { prime } from '${peer}'; await prime();`;
  return `export { handler } from '${peer}'; ${name === 'fastify' ? awaited : ''}`;
};

/** The contract of the route, compiled beforehand, for those peers that do not compile it themselves. */
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

/** Whether the peers' packages are there. */
export const installed = (): Promise<boolean> =>
  stat('bench/node_modules/fastify').then(
    () => true,
    () => false,
  );
