import type { Plugin } from 'esbuild';
import { bundleConsole } from '../console.ts';

/** Inlines the files of the console into its function. */
export const inlineConsole: Plugin = {
  name: 'inline-console',
  setup(build) {
    build.onLoad({ filter: /console\/server\/files\.ts$/ }, async () => ({
      contents: `export const files = ${JSON.stringify(await bundleConsole())};`,
      loader: 'js',
    }));
  },
};
