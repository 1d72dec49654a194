import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Route } from '../../src/schemas/route.ts';
import { event, exampleEvent } from './exampleEvent.ts';

/**
 * The first line of a loader. V8 refuses a code cache that was made under other flags, also the one that is a part of Node. Lambda
 * sets `--expose-gc`; nothing on Lambda calls `gc`. Effect: 7 to 12 % of the instructions of a cold start.
 */
export const resetFlags = `process.getBuiltinModule('node:v8').setFlagsFromString('--no-expose-gc');`;

/**
 * Returns the source of the module that Lambda loads for a function. The module runs the bundle, with its V8 code cache if it
 * has one, so that a cold start parses and compiles nothing. V8 rejects a cache of another version or other flags; then it
 * compiles the bundle as usual, and the module writes a line to the log. Then the module primes the function. An error of priming
 * is ignored, because the first request fails with the same error and can report it. Effect: the cache saves 19 to 24 % of the
 * instructions of a cold start.
 */
export const loaderSource = (bundle: string, cached: boolean): string => `${resetFlags}
const { readFileSync } = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');
const beside = (file, encoding) => readFileSync(\`\${import.meta.dirname}/\${file}\`, encoding);
const cache = () => {
  try {
    return beside(\`${bundle}.\${process.arch}-\${process.versions.v8}.cache\`);
  } catch {}
};
const script = new Script(beside('${bundle}.js', 'latin1'), { filename: '${bundle}.js', cachedData: ${cached ? 'cache()' : 'undefined'} });
${cached ? warning : ''}
const exported = script.runInThisContext();
await exported.prime?.(exported.handler).catch(() => {});
export const { handler } = exported;
`;

const warning = `if (script.cachedDataRejected !== false) process.stdout.write(JSON.stringify({ level: 'WARN', message: 'no code cache', timestamp: new Date().toISOString(), node: process.version, v8: process.versions.v8, arch: process.arch }) + '\\n');`;

/**
 * Compiles the code cache of a bundle, for the processor architecture and the Node version of this machine. The cache contains
 * the functions that one request of the route calls.
 */
export async function compileCodeCache(bundle: string, route: Route | undefined): Promise<void> {
  const example = JSON.stringify(route ? exampleEvent(route) : event('GET', '/'));
  await promisify(execFile)(process.execPath, ['build/codeCache/compile.mjs', bundle, example]).catch(({ stderr }) => {
    throw new Error(`Cannot compile the code cache of ${bundle}: …${String(stderr).slice(-1500)}`); // the text before is minified code
  });
}
