import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { _ } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import * as esbuild from 'esbuild';
import { document } from './src/document.ts';
import { type Route, schemasOf } from './src/route.ts';
import { routes } from './src/routes.ts';
import { ajv } from './src/validators.ts';

/** Where the bundles go: one ES module a function, named as the function is. */
const outdir = 'dist';

/** The files of `src/workflows/` that are functions. */
const durable = ['reconcile'];

/**
 * Bundles every handler and every durable function. Gives the size of each bundle in bytes, by the function's name. What stands in `dist/` is replaced
 * file by file, never emptied: whoever runs or packages it meanwhile finds each file whole.
 */
export async function build(): Promise<Record<string, number>> {
  await mkdir(outdir, { recursive: true });
  const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, ''));
  const names = [...handlers, ...durable];
  const sizes = await Promise.all([
    ...handlers.map((name) => bundle(name, `src/handlers/${name}.ts`)),
    ...durable.map((name) => bundle(name, `src/workflows/${name}.ts`)),
  ]);
  await removeOthers(names);
  return Object.fromEntries(names.map((name, index) => [name, sizes[index] ?? 0]));
}

async function bundle(name: string, entry: string): Promise<number> {
  const { route } = (await import(`./${entry}`)) as { route?: Route };
  const { outputFiles = [], metafile } = await esbuild.build({
    entryPoints: [entry],
    outfile: `${outdir}/${name}.mjs`,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'], // the ES modules of the SDK can be shaken, their CommonJS twins cannot
    minify: true,
    legalComments: 'none',
    plugins: [workedOut(route), lazyBuiltins],
  });
  const [code] = outputFiles;
  if (!code) throw new Error(`esbuild gave nothing for ${name}`);
  await put(code.path, code.contents);
  await put(`${outdir}/${name}.meta.json`, JSON.stringify(metafile));
  return code.contents.length;
}

/** Writes a file so that it is whole at any time. */
async function put(path: string, contents: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.new-${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

async function removeOthers(names: readonly string[]): Promise<void> {
  const others = (await readdir(outdir)).filter((file) => !names.includes(file.split('.')[0] ?? ''));
  await Promise.all(others.map((file) => rm(`${outdir}/${file}`, { recursive: true, force: true })));
}

/**
 * Works out at build time what a function would else work out at each start: the validators of its route, whose compiler is
 * larger than all the rest, the table of routes, which would bring every other handler along, and the OpenAPI document.
 */
const workedOut = (route: Route | undefined): esbuild.Plugin => ({
  name: 'worked-out',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]validators\.ts$/ }, () => ({
      contents: route ? validatorsCode(route) : 'export const validatorsOf = undefined;',
      resolveDir: 'src',
    }));
    build.onLoad({ filter: /[\\/]src[\\/]document\.ts$/ }, async () => ({
      contents: `export const document = async () => (${JSON.stringify(await document())});`,
    }));
    build.onLoad({ filter: /[\\/]src[\\/]routes\.ts$/ }, () => ({
      contents: `export const routes = ${JSON.stringify(routes, ['method', 'path', ...Object.keys(routes)])};`,
    }));
  },
});

function validatorsCode(route: Route): string {
  const places = Object.entries(schemasOf(route)).filter(([, schema]) => schema !== undefined);
  const compiler = ajv({ code: { source: true, esm: true, lines: false, formats: _`formats` } });
  for (const [place, schema] of places) compiler.addSchema(schema ?? {}, place);
  const code = standalone.default(compiler, Object.fromEntries(places.map(([place]) => [place, place])));
  return `import { formats } from './formats.ts';\n${code}\nexport const validatorsOf = () => ({ ${places.map(([place]) => place).join(', ')} });`;
}

/**
 * No bundle imports a module of Node's own: an ES import of `node:http` reads all its exports, and some are getters that load
 * the whole of fetch and WebSocket, a quarter of a cold start (nodejs/node#59686). `getBuiltinModule` reads none.
 */
const lazyBuiltins: esbuild.Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path }) =>
      isBuiltin(path)
        ? { path: path.replace(/^(node:)?/, 'node:'), namespace: 'builtin', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

if (import.meta.main) {
  for (const [name, bytes] of Object.entries(await build())) console.log(`${String(bytes).padStart(8)}  ${name}.mjs`);
}
