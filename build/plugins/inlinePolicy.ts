import type { Plugin, PluginBuild } from 'esbuild';
import { policy } from '../../src/policy/policy.ts';

/**
 * Puts the rules of POLICY_FILE into the bundles, checked, in the place of their file. What keeps to a rule is in a bundle only
 * when there is one.
 */
export const ruled: Plugin = {
  name: 'ruled',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]policy\.ts$/ }, () => ({
      contents: `export const policy = ${JSON.stringify(policy)};`,
    }));
    if (!policy.OwnerTag) instead(build, /\/owner\.ts$/, 'ownerless.ts');
    if (Object.keys(policy).every((rule) => rule.startsWith('Owner'))) {
      instead(build, /\/checks\/policy\.ts$/, 'unruled.ts');
    }
  },
};

function instead(build: PluginBuild, filter: RegExp, file: string): void {
  build.onResolve({ filter }, ({ path, ...how }) => build.resolve(path.replace(/\w+\.ts$/, file), how));
}
