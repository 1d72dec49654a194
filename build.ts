import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { compileCodeCache, loaderSource } from './build/codeCache/loader.ts';
import { inlinePolicy } from './build/plugins/inlinePolicy.ts';
import { nodeBuiltins } from './build/plugins/nodeBuiltins.ts';
import { precompiledValidators } from './build/plugins/precompiledValidators.ts';
import { schemaPruning } from './build/plugins/schemaPruning.ts';
import { type Replaced, sdkStubs } from './build/plugins/sdkStubs.ts';
import type { Route } from './src/schemas/route.ts';
import { routes } from './src/schemas/routes.ts';

export interface BuildOptions {
  /** Where the bundles go. */
  readonly outdir?: string;
  /** Whether the functions look for credentials as every program does, not only where Lambda puts them. */
  readonly anyCredentials?: boolean;
  /** Whether V8's code caches are made too. */
  readonly codeCache?: boolean;
}

/** What was made for a function. */
export interface Bundle {
  /** The size of its code in bytes. */
  readonly bytes: number;
  /** What went into it. */
  readonly metafile: esbuild.Metafile;
  /** What the names of its files begin with. */
  readonly stem: string;
}

/** Durable functions, each in `src/operations/<name>Function.ts`. */
const durable = ['reconcile'];

/** How many bundles are made at once: more take more memory and no less time. */
const atOnce = 4;

/**
 * Bundles every handler and every durable function into three files: what Lambda loads, the code, and the cache that V8 starts
 * it from. Gives what was made by the function's name. What stands in `outdir` is replaced file by file, never emptied: whoever
 * runs or packages it meanwhile finds each file whole, and code and cache that go together, for their names tell their contents.
 */
export async function build(options: BuildOptions = {}): Promise<Record<string, Bundle>> {
  const { outdir = 'dist' } = options;
  await mkdir(outdir, { recursive: true });
  const handlers = (await readdir('src/handlers')).map((file) => file.replace(/\.ts$/, ''));
  const makers = [
    ...handlers.map((name) => () => bundleHandler(name, outdir, options)),
    ...durable.map((name) => () => bundleWorkflow(name, outdir)),
  ];
  const made: Bundle[] = [];
  while (makers.length > 0) made.push(...(await Promise.all(makers.splice(0, atOnce).map((make) => make()))));
  const names = [...handlers, ...durable];
  await removeOthers(
    outdir,
    made.map(({ stem }) => stem),
  );
  return Object.fromEntries(names.map((name, index) => [name, made[index] as Bundle]));
}

async function bundleHandler(
  name: string,
  outdir: string,
  { anyCredentials = false, codeCache = true }: BuildOptions,
): Promise<Bundle> {
  const contract = (routes as Readonly<Record<string, Route>>)[name];
  const kept: Replaced[] = anyCredentials ? ['@aws-sdk/credential-provider-node'] : [];
  const primer = contract?.headers?.includes('Idempotency-Key') ? 'primeChange as prime' : 'prime';
  const prime = contract && contract.awsActions.length > 0 ? `export { ${primer} } from './src/http/priming.ts';` : '';
  const code = `export { handler } from './src/handlers/${name}.ts'; ${prime}`;
  const { stem, ...made } = await bundle(name, code, outdir, [
    precompiledValidators(contract),
    schemaPruning(contract),
    inlinePolicy,
    dropStderr,
    sdkStubs(kept),
    nodeBuiltins,
  ]);
  if (codeCache) await compileCodeCache(`${outdir}/${stem}`, contract);
  await writeAtomically(`${outdir}/${name}.mjs`, loaderSource(stem));
  return { stem, ...made };
}

/** Nobody waits for a durable function to start: it is not made smaller than it is. */
async function bundleWorkflow(name: string, outdir: string): Promise<Bundle> {
  const made = await bundle(name, `export { handler } from './src/operations/${name}Function.ts';`, outdir, [
    nodeBuiltins,
  ]);
  await writeAtomically(`${outdir}/${name}.mjs`, loaderSource(made.stem));
  return made;
}

/** Bundles an entry into a script whose name tells its contents. */
export async function bundle(
  name: string,
  contents: string,
  outdir: string,
  plugins: esbuild.Plugin[],
): Promise<Bundle> {
  const stdin = { contents, resolveDir: '.' };
  const { outputFiles, metafile } = await esbuild.build({ ...settings, stdin, plugins });
  const [code] = outputFiles;
  if (!code) throw new Error(`esbuild gave nothing for ${name}`);
  const stem = `${name}.${createHash('sha256').update(code.contents).digest('hex').slice(0, 12)}`;
  await writeAtomically(`${outdir}/${stem}.js`, code.contents);
  return { bytes: code.contents.length, metafile, stem };
}

/** The logger opens a stream for errors besides the one for all else; a log group takes both from one. */
const dropStderr: esbuild.Plugin = {
  name: 'one-stream',
  setup({ initialOptions }) {
    initialOptions.define = { ...initialOptions.define, 'process.stderr': 'undefined' };
  },
};

/** A script, for only of scripts V8 takes code caches; it evaluates to the exports. */
const settings = {
  bundle: true,
  write: false,
  outfile: 'bundle.js',
  metafile: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  banner: { js: '"use strict"; (function () { const module = { exports: {} };' },
  footer: { js: 'return module.exports; })();' },
  mainFields: ['module', 'main'], // the ES modules of the SDK can be shaken, their CommonJS twins cannot
  minify: true,
  legalComments: 'none',
  define: { ReadableStream: 'undefined' }, // bodies are never web streams, whose implementation Node loads when it is asked for
} as const satisfies esbuild.BuildOptions;

/** Writes a file so that it is whole at any time. */
export async function writeAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.new-${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

async function removeOthers(outdir: string, stems: readonly string[]): Promise<void> {
  const kept = (file: string) =>
    stems.some((stem) => file.startsWith(`${stem}.`) || file === `${stem.split('.')[0]}.mjs`);
  const others = (await readdir(outdir)).filter((file) => !kept(file));
  await Promise.all(others.map((file) => rm(`${outdir}/${file}`, { recursive: true, force: true })));
}

if (import.meta.main) {
  for (const [name, { bytes }] of Object.entries(await build())) console.log(`${String(bytes).padStart(8)}  ${name}`);
}
