import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Builtin modules that bundles import and most requests do not use. */
const rarelyUsed = new Set(['node:child_process', 'node:fs/promises', 'node:http2', 'node:zlib']);

/**
 * Replaces imports of Node's builtin modules by calls of `process.getBuiltinModule`. An ES import of `node:http` reads all its
 * exports. Some of them are getters that load fetch and WebSocket, a quarter of a cold start (nodejs/node#59686).
 */
export const nodeBuiltins: Plugin = {
  name: 'node-builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path }) =>
      isBuiltin(path)
        ? { path: path.replace(/^(node:)?/, 'node:'), namespace: 'builtin', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: rarelyUsed.has(path) ? lazyModule(path) : `module.exports = ${getModule(path)};`,
      loader: 'js',
    }));
  },
};

const getModule = (path: string) => `process.getBuiltinModule(${JSON.stringify(path)})`;

/** Returns the source of a module that loads the builtin module when one of its exports is first read. */
function lazyModule(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {});
  return `for (const name of ${JSON.stringify(names)})
    Object.defineProperty(exports, name, { enumerable: true, get: () => ${getModule(path)}[name] });`;
}
