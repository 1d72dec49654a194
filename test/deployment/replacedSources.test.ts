import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { handlerPlugins } from '../../build.ts';
import { createGlobalDatastore } from '../../src/schemas/createGlobalDatastore.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => join('src', file));

/** Runs a plugin on all files of `src/`. Returns the files whose contents it replaces. */
async function replacedBy(plugin: esbuild.Plugin): Promise<string[]> {
  const replaced: string[] = [];
  const recorder: esbuild.Plugin = {
    name: plugin.name,
    setup: (build) =>
      plugin.setup({
        ...build,
        onLoad: (options, load) =>
          build.onLoad(options, async (args) => {
            const result = await load(args);
            if (result) replaced.push(relative('.', args.path));
            return result;
          }),
      }),
  };
  await esbuild.build({ entryPoints: sources, outdir: 'unused', write: false, plugins: [recorder] });
  return replaced.sort();
}

/** Returns the path of a plugin: the name of the file is the name of the plugin in camel case. */
const fileOf = ({ name }: esbuild.Plugin) =>
  `build/plugins/${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}.ts`;

const firstLineOf = (file: string) => readFileSync(file, 'utf8').split('\n')[0];

describe('a source file that the build replaces', () => {
  // The constants in src/schemas/ do not carry the line yet.
  const plugins = handlerPlugins(createGlobalDatastore).filter(({ name }) => name !== 'schema-pruning');

  it.each(plugins.map((plugin) => [fileOf(plugin), plugin] as const))(
    'names %s in its first line if that plugin replaces it, and only then',
    async (path, plugin) => {
      const line = `// Replaced at build time by ${path}.`;

      expect(await replacedBy(plugin)).toEqual(sources.filter((file) => firstLineOf(file) === line).sort());
    },
  );

  it('is recognised: the policy and the validators are replaced', async () => {
    const replaced = await Promise.all(plugins.map(replacedBy));

    expect(replaced.flat()).toEqual(expect.arrayContaining(['src/policy/policy.ts', 'src/schemas/validators.ts']));
  });
});
