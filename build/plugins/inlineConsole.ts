import type { Plugin } from 'esbuild';
import { bundleConsole } from '../console.ts';

/** Gives the function of the console its files. */
export const inlineConsole: Plugin = {
  name: 'inline-console',
  setup(build) {
    build.onLoad({ filter: /console\/server\/files\.ts$/ }, async () => ({
      contents: `export const files = ${JSON.stringify(await bundleConsole())};`,
      loader: 'js',
    }));
  },
};
