import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Route } from '../../src/schemas/route.ts';
import { event, exampleEvent } from './exampleEvent.ts';

/**
 * Returns the source of the module that Lambda loads for a function. The module runs the bundle with its V8 code cache, so a cold
 * start parses and compiles nothing. V8 rejects a cache of another version or other flags; then it compiles the bundle as usual.
 * Then the module primes the function. An error of priming is ignored, because the first request fails with the same error and
 * can report it.
 */
export const loaderSource = (bundle: string): string => `const { readFileSync } = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');
const beside = (file, encoding) => readFileSync(\`\${import.meta.dirname}/\${file}\`, encoding);
const cache = () => {
  try {
    return beside(\`${bundle}.\${process.arch}-\${process.versions.v8}.cache\`);
  } catch {}
};
const script = new Script(beside('${bundle}.js', 'latin1'), { filename: '${bundle}.js', cachedData: cache() });
const exported = script.runInThisContext();
await exported.prime?.(exported.handler).catch(() => {});
export const { handler } = exported;
`;

/**
 * Compiles the code cache of a bundle, for the processor architecture and the Node version of this machine. The cache contains
 * the functions that one request of the route calls.
 */
export async function compileCodeCache(bundle: string, route: Route | undefined): Promise<void> {
  await promisify(execFile)(process.execPath, [
    ...lambdaFlags,
    'build/codeCache/compile.mjs',
    bundle,
    JSON.stringify(route ? exampleEvent(route) : event('GET', '/')),
  ]).catch(({ stderr }) => {
    throw new Error(`Cannot compile the code cache of ${bundle}: …${String(stderr).slice(-1500)}`); // the text before is minified code
  });
}

/** The flags of Lambda's nodejs24.x that V8 compares (seen in its runtime client, which removes them for workers). */
const lambdaFlags = ['--expose-gc'];
