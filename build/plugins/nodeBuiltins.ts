import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules of Node's own that a bundle names and most requests never use. */
const rare = new Set(['node:child_process', 'node:fs/promises', 'node:http2', 'node:zlib']);

/**
 * No bundle imports a module of Node's own: an ES import of `node:http` reads all its exports, and some are getters that load
 * the whole of fetch and WebSocket, a quarter of a cold start (nodejs/node#59686). `getBuiltinModule` reads none.
 */
export const nodeBuiltins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path }) =>
      isBuiltin(path)
        ? { path: path.replace(/^(node:)?/, 'node:'), namespace: 'builtin', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: rare.has(path) ? onUse(path) : `module.exports = ${got(path)};`,
      loader: 'js',
    }));
  },
};

const got = (path: string) => `process.getBuiltinModule(${JSON.stringify(path)})`;

/** A module that is loaded when one of its exports is used. */
function onUse(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {});
  return `for (const name of ${JSON.stringify(names)})
    Object.defineProperty(exports, name, { enumerable: true, get: () => ${got(path)}[name] });`;
}
