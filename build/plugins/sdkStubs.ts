import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { AWS_PROBLEMS } from '../../src/problems/problemTypes.ts';

/** Modules that the SDK brings along and no function needs, and the code that stands in their place. */
const replacements = {
  // The search for credentials on a laptop, a third of a bundle: Lambda gives a function its own in the environment.
  '@aws-sdk/credential-provider-node': `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,

  // Part of every client, used by operations that stream. None that is called here does.
  '@smithy/core/event-streams': `
    export const resolveEventStreamSerdeConfig = (config) => config;
    export const eventStreamSerdeProvider = () => {
      throw new Error('Event streams are left out of this build: see build/plugins/sdkStubs.ts.');
    };
    export const EventStreamSerde = eventStreamSerdeProvider;`,

  // Services that tell a client by a call of its own where they are. DynamoDB does not, unless it is asked to.
  '@aws-sdk/middleware-endpoint-discovery': `
    export const resolveEndpointDiscoveryConfig = (config) => config;
    export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => undefined, default: undefined };`,
};

/** A module that can be left out. */
export type Replaced = keyof typeof replacements;

/** Files of the SDK that no call comes to, with the settings in src/aws/sdkDefaults.ts, and what stands in their place. */
const files: readonly (readonly [RegExp, string])[] = [
  // what S3 alone has
  [/service-customizations[\\/]index\.js$/, 'export const resolveParamsForS3 = async (parameters) => parameters;'],
  // a log of inputs and outputs for a logger that nobody gives; it goes through both all the same
  [
    /middleware-logger[\\/]loggerMiddleware\.js$/,
    'export const [loggerMiddleware, loggerMiddlewareOptions] = []; export const getLoggerPlugin = () => ({ applyToStack: () => {} });',
  ],
  // a warning of old versions of Node; Lambda's is known
  [
    /client[\\/]emitWarningIfUnsupportedVersion\.js$/,
    'export const state = {}; export const emitWarningIfUnsupportedVersion = () => {};',
  ],
  // headers of events in a stream, to be signed
  [/signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/, 'export class HeaderFormatter {}'],
  // the digest by hand, for where Node has no crypto
  [/sha256[\\/]Sha256Js\.js$/, 'export class Sha256Js {}'],
  // a retry mode that is not chosen
  [/util-retry[\\/]AdaptiveRetryStrategy\.js$/, 'export class AdaptiveRetryStrategy {}'],
  // the region of the machine, for a defaults mode that is not chosen
  [
    /regionConfig[\\/]getInstanceMetadataRegion\.js$/,
    'export const getInstanceMetadataRegion = async () => undefined;',
  ],
];

/** `~/.aws`, where no function has anything. */
const ownFiles = /shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/;
const noFiles = `
  export const CONFIG_PREFIX_SEPARATOR = '.';
  export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`;

/** The errors that the code asks for by class or name; any other is an error of the service, with its name and no class. */
const errors = new Set([
  ...Object.keys(AWS_PROBLEMS),
  'ConditionalCheckFailedException',
  'DurableExecutionAlreadyStartedException',
]);

/** Leaves out what would be parsed at each cold start and never run; `kept` are modules that stay nonetheless. */
export const sdkStubs = (kept: readonly Replaced[] = []): Plugin => ({
  name: 'left-out',
  setup(build) {
    build.onResolve({ filter: /^@(aws-sdk|smithy)/ }, ({ path }) =>
      path in replacements && !kept.includes(path as Replaced) ? { path, namespace: 'left-out' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: replacements[path as Replaced],
      resolveDir: 'node_modules/@aws-sdk',
    }));

    if (!kept.includes('@aws-sdk/credential-provider-node'))
      build.onLoad({ filter: ownFiles }, () => ({ contents: noFiles }));
    for (const [filter, contents] of files) build.onLoad({ filter }, () => ({ contents }));
    build.onLoad({ filter: /@aws-sdk[\\/]client-\w+[\\/]package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }), // all that a client reads of it
      loader: 'json',
    }));
    build.onLoad({ filter: /@aws-sdk[\\/]client-\w+[\\/].*[\\/]schemas_0\.js$/ }, async ({ path }) => ({
      contents: prunable(await readFile(path, 'utf8')),
    }));
  },
});

/**
 * The schemas of a service in a form of which a bundler can leave out what is not used. As the SDK has them, each error is
 * registered with its class, and the keys of traits are constants, of which a bundler cannot tell that to read them does nothing.
 */
function prunable(schemas: string): string {
  const constants = new Map(
    [...schemas.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name = '', text = '']) => [name, text]),
  );
  return schemas
    .replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, name) => (errors.has(name) ? line : ''))
    .replace(/\[(_\w+)\]:/g, (key, name) => `${constants.get(name) ?? key}:`);
}
