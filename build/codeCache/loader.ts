import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Route } from '../../src/schemas/route.ts';
import { event, exampleEvent } from './exampleEvent.ts';

/**
 * The module that Lambda loads for a function. It runs the bundle with V8's code cache, so that nothing has to be parsed and
 * compiled at a cold start; V8 takes a cache only of its own version and flags, and without one that fits all is compiled as
 * ever. Then it primes the function. Where that fails, so will the first request, which can say why.
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
 * Makes the code cache of a bundle, for this machine's kind of processor and this Node: of the functions that one request of
 * the route needs. To be run on the kind of machine that the functions run on.
 */
export async function compileCodeCache(bundle: string, route: Route | undefined): Promise<void> {
  await promisify(execFile)(process.execPath, [
    ...lambdaFlags,
    'build/codeCache/compile.mjs',
    bundle,
    JSON.stringify(route ? exampleEvent(route) : event('GET', '/')),
  ]).catch(({ stderr }) => {
    throw new Error(`No code cache of ${bundle}: …${String(stderr).slice(-1500)}`); // above that is minified code
  });
}

/** What Lambda's nodejs24.x gives to Node and V8 compares (seen in its runtime client, which takes it away from workers). */
const lambdaFlags = ['--expose-gc'];
