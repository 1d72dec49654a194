import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { handlerPlugins } from '../../build.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';

const contracts: Readonly<Record<string, Route>> = routes;
const handlers = readdirSync('src/handlers').map((file) => file.replace(/\.ts$/, ''));

/** The files of `src/` that the build replaces, each with the path of the plugin that replaces it. */
const replaced = new Map<string, string>();
for (const handler of handlers) await bundle([`src/handlers/${handler}.ts`], contracts[handler]);
await bundle(filesWithLine('Pruned')); // some are imported by schemas of responses only, which are removed

async function bundle(entryPoints: string[], contract?: Route): Promise<void> {
  await esbuild.build({
    entryPoints,
    outdir: 'none',
    bundle: true,
    write: false,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    plugins: handlerPlugins(contract).map(recordReplacements),
  });
}

/** Returns the plugin with an `onLoad` that adds to `replaced`. */
function recordReplacements(plugin: esbuild.Plugin): esbuild.Plugin {
  const setup = (build: esbuild.PluginBuild) =>
    plugin.setup({
      ...build,
      onLoad: (options, load) =>
        build.onLoad(options, async (args) => {
          const result = await load(args);
          const file = relative('.', args.path);
          if (result && file.startsWith('src/')) replaced.set(file, pathOf(plugin));
          return result;
        }),
    });
  return { name: plugin.name, setup };
}

/** Returns the path of a plugin. The file has the name of the plugin in camel case. */
function pathOf({ name }: esbuild.Plugin): string {
  return `build/plugins/${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}.ts`;
}

/** Returns the source files whose first line says that the build replaces them. */
function filesWithLine(word = 'Replaced|Pruned'): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files
    .map((file) => join('src', file))
    .filter((file) => new RegExp(`^// (${word}) at`).test(firstLineOf(file)));
}

function firstLineOf(file: string): string {
  return readFileSync(file, 'utf8').split('\n')[0] ?? '';
}

describe('the source files that the build replaces', () => {
  it('include the policy and the validators', () => {
    expect([...replaced.keys()]).toEqual(expect.arrayContaining(['src/policy/policy.ts', 'src/schemas/validators.ts']));
  });

  it.each([...replaced])('name the plugin in the first line: %s', (file, plugin) => {
    expect(firstLineOf(file)).toMatch(new RegExp(`^// (Replaced|Pruned) at build time by ${plugin}\\.$`));
  });

  it('are the only files with such a line', () => {
    expect(filesWithLine().filter((file) => !replaced.has(file))).toEqual([]);
  });
});
