import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { compileCodeCache, loaderSource } from './build/codeCache/loader.ts';
import { inlineConsole } from './build/plugins/inlineConsole.ts';
import { inlinePolicy } from './build/plugins/inlinePolicy.ts';
import { precompiledValidators } from './build/plugins/precompiledValidators.ts';
import { schemaPruning } from './build/plugins/schemaPruning.ts';
import { type StubbedPackage, sdkStubs } from './build/plugins/sdkStubs.ts';
import type { Route } from './src/schemas/route.ts';
import { routes } from './src/schemas/routes.ts';

export interface BuildOptions {
  /** The folder of the bundles. */
  readonly outdir?: string;
  /** Whether the functions use the SDK's default credential chain. Otherwise they read the environment only, as on Lambda. */
  readonly anyCredentials?: boolean;
  /** Whether to compile V8 code caches, too. */
  readonly codeCache?: boolean;
}

/** The bundle of one function. */
export interface Bundle {
  /** The size of its code in bytes. */
  readonly bytes: number;
  /** The files that esbuild put into the bundle. */
  readonly metafile: esbuild.Metafile;
  /** The common prefix of its files: the name of the function and a hash of the code. */
  readonly stem: string;
}

/** The durable functions. The entry point of each is `src/operations/<name>Function.ts`. */
const durableFunctions = ['reconcile'];

/** The function of the web page. Its entry point is `console/server/function.ts`. */
const consoleFunction = 'console';

/** The number of bundles built in parallel. A larger number needs more memory and saves no time. */
const parallelBundles = 4;

/**
 * Bundles every handler, every durable function and the function of the web page. Returns the bundles by the names of their
 * functions. A bundle has three files: the loader, which is the module that Lambda imports, the code, and the V8 code cache.
 * Files in `outdir` are replaced one by one, so a process that reads the folder during a build finds complete files. Code and
 * cache always match, because their names contain a hash of the code.
 */
export async function build(options: BuildOptions = {}): Promise<Record<string, Bundle>> {
  const { outdir = 'dist' } = options;
  await mkdir(outdir, { recursive: true });
  const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, ''));
  const names = [...handlers, ...durableFunctions, consoleFunction];
  const bundles: Record<string, Bundle> = {};
  const bundleFunction = async (name: string) => {
    bundles[name] = handlers.includes(name)
      ? await bundleHandler(name, outdir, options)
      : await bundleWithoutCache(name, outdir);
  };
  for (let done = 0; done < names.length; done += parallelBundles)
    await Promise.all(names.slice(done, done + parallelBundles).map(bundleFunction));
  await removeOtherFiles(outdir, bundles);
  return bundles;
}

async function bundleHandler(name: string, outdir: string, options: BuildOptions): Promise<Bundle> {
  const { anyCredentials = false, codeCache = true } = options;
  const contract = (routes as Readonly<Record<string, Route>>)[name];
  const primer = contract?.headers?.includes('Idempotency-Key') ? 'primeChange as prime' : 'prime';
  const prime = contract?.awsActions.length ? `export { ${primer} } from './src/http/priming.ts';` : '';
  const code = `export { handler } from './src/handlers/${name}.ts'; ${prime}`;
  const kept: StubbedPackage[] = anyCredentials ? ['@aws-sdk/credential-provider-node'] : [];
  const result = await bundle(name, code, outdir, handlerPlugins(contract, kept));
  if (codeCache) await compileCodeCache(`${outdir}/${result.stem}`, contract);
  await writeAtomically(`${outdir}/${name}.mjs`, loaderSource(result.stem, codeCache));
  return result;
}

/** Returns the plugins for the handler of a contract. `kept` are packages of the SDK that are not replaced. */
export const handlerPlugins = (contract: Route | undefined, kept: readonly StubbedPackage[] = []): esbuild.Plugin[] => [
  precompiledValidators(contract),
  schemaPruning(contract),
  inlinePolicy,
  sdkStubs(kept),
];

/** Bundles a durable function or that of the web page without the size reductions, because no caller of the API waits for them. */
async function bundleWithoutCache(name: string, outdir: string): Promise<Bundle> {
  const file = name === consoleFunction ? 'console/server/function' : `src/operations/${name}Function`;
  const result = await bundle(name, `export { handler } from './${file}.ts';`, outdir, [inlineConsole]);
  await writeAtomically(`${outdir}/${name}.mjs`, loaderSource(result.stem, false));
  return result;
}

/** Bundles an entry point into a script. The name of the file contains a hash of the code. */
export async function bundle(
  name: string,
  contents: string,
  outdir: string,
  plugins: esbuild.Plugin[],
): Promise<Bundle> {
  const stdin = { contents, resolveDir: '.' };
  const { outputFiles, metafile } = await esbuild.build({ ...settings, stdin, plugins });
  const [code] = outputFiles;
  if (!code) throw new Error(`esbuild returned no code for ${name}`);
  const stem = `${name}.${createHash('sha256').update(code.contents).digest('hex').slice(0, 12)}`;
  await writeAtomically(`${outdir}/${stem}.js`, code.contents);
  return { bytes: code.contents.length, metafile, stem };
}

/**
 * Settings of esbuild. The output is a script that evaluates to the exports, because Node accepts code caches for scripts.
 * Node's own modules are loaded with `process.getBuiltinModule`: an ES import of `node:http` reads all its exports, of which
 * some load fetch and WebSocket. Effect: a quarter of a cold start (nodejs/node#59686).
 */
const settings = {
  bundle: true,
  write: false,
  outfile: 'bundle.js',
  metafile: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  supported: { 'dynamic-import': false },
  banner: {
    js: '"use strict"; (function () { const module = { exports: {} }, require = process.getBuiltinModule;',
  },
  footer: { js: 'return module.exports; })();' },
  mainFields: ['module', 'main'], // esbuild drops unused code of ES modules only. Effect: 249 KB (69 KB gzipped), 22 %, 32 % without a cache
  minify: true, // effect: 239 KB (35 KB gzipped), 3 % with and without a cache
  legalComments: 'none',
} as const satisfies esbuild.BuildOptions;

/** Replaces a file atomically. */
export async function writeAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.new-${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

async function removeOtherFiles(outdir: string, bundles: Readonly<Record<string, Bundle>>): Promise<void> {
  const isCurrent = (file: string) =>
    Object.entries(bundles).some(([name, { stem }]) => file === `${name}.mjs` || file.startsWith(`${stem}.`));
  const others = (await readdir(outdir)).filter((file) => !isCurrent(file));
  await Promise.all(others.map((file) => rm(`${outdir}/${file}`, { recursive: true, force: true })));
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, { bytes }] of Object.entries(await build())) console.log(`${String(bytes).padStart(8)}  ${name}`);
  const { version, versions, arch } = process;
  console.log(`The code caches are for Node ${version} on ${arch} (V8 ${versions.v8}).`);
}
