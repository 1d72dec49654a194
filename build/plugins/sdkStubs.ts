import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { AWS_PROBLEMS } from '../../src/problems/problemTypes.ts';

/** Packages of the SDK that no function needs, with the code that replaces them. */
const packageStubs = {
  // The default credential chain, a third of a bundle. Lambda passes the credentials of a function in the environment.
  '@aws-sdk/credential-provider-node': `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,

  // A part of every client that only operations with event streams use. No function calls such an operation.
  '@smithy/core/event-streams': `
    export const resolveEventStreamSerdeConfig = (config) => config;
    export const eventStreamSerdeProvider = () => {
      throw new Error('This build does not contain event streams: see build/plugins/sdkStubs.ts.');
    };
    export const EventStreamSerde = eventStreamSerdeProvider;`,

  // Endpoint discovery: an extra call that asks a service for its endpoint. It is off by default for DynamoDB.
  '@aws-sdk/middleware-endpoint-discovery': `
    export const resolveEndpointDiscoveryConfig = (config) => config;
    export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => undefined, default: undefined };`,
};

export type StubbedPackage = keyof typeof packageStubs;

/** Files of the SDK that no call executes under the settings in src/aws/sdkDefaults.ts, with the code that replaces them. */
const fileStubs: readonly (readonly [RegExp, string])[] = [
  // parameters of S3
  [/service-customizations[\\/]index\.js$/, 'export const resolveParamsForS3 = async (parameters) => parameters;'],
  // a log of inputs and outputs; no client has a logger, but the middleware would read both nonetheless
  [
    /middleware-logger[\\/]loggerMiddleware\.js$/,
    'export const [loggerMiddleware, loggerMiddlewareOptions] = []; export const getLoggerPlugin = () => ({ applyToStack: () => {} });',
  ],
  // a warning about old versions of Node; the version on Lambda is fixed
  [
    /client[\\/]emitWarningIfUnsupportedVersion\.js$/,
    'export const state = {}; export const emitWarningIfUnsupportedVersion = () => {};',
  ],
  // signing of the headers of events in a stream
  [/signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/, 'export class HeaderFormatter {}'],
  // a digest in JavaScript, for platforms without crypto
  [/sha256[\\/]Sha256Js\.js$/, 'export class Sha256Js {}'],
  // the adaptive retry mode, which is not in use
  [/util-retry[\\/]AdaptiveRetryStrategy\.js$/, 'export class AdaptiveRetryStrategy {}'],
  // the region from the instance metadata, for the defaults mode `auto`, which is not in use
  [
    /regionConfig[\\/]getInstanceMetadataRegion\.js$/,
    'export const getInstanceMetadataRegion = async () => undefined;',
  ],
];

/** The reader of `~/.aws`. No function has these files. */
const sharedConfigFile = /shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/;
const sharedConfigStub = `
  export const CONFIG_PREFIX_SEPARATOR = '.';
  export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`;

/** Errors that keep their class. Any other error becomes the base error of its service, with its own name. */
const errorsWithClass = new Set([
  ...Object.keys(AWS_PROBLEMS),
  'ConditionalCheckFailedException',
  'DurableExecutionAlreadyStartedException',
]);

/** Replaces code of the SDK that a cold start would parse but never run. `kept` are packages that are not replaced. */
export const sdkStubs = (kept: readonly StubbedPackage[] = []): Plugin => ({
  name: 'sdk-stubs',
  setup(build) {
    build.onResolve({ filter: /^@(aws-sdk|smithy)/ }, ({ path }) =>
      path in packageStubs && !kept.includes(path as StubbedPackage) ? { path, namespace: 'sdk-stub' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'sdk-stub' }, ({ path }) => ({
      contents: packageStubs[path as StubbedPackage],
      resolveDir: 'node_modules/@aws-sdk',
    }));

    if (!kept.includes('@aws-sdk/credential-provider-node'))
      build.onLoad({ filter: sharedConfigFile }, () => ({ contents: sharedConfigStub }));
    for (const [filter, contents] of fileStubs) build.onLoad({ filter }, () => ({ contents }));
    build.onLoad({ filter: /@aws-sdk[\\/]client-\w+[\\/]package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }), // the only member that a client reads
      loader: 'json',
    }));
    build.onLoad({ filter: /@aws-sdk[\\/]client-\w+[\\/].*[\\/]schemas_0\.js$/ }, async ({ path }) => ({
      contents: toPrunable(await readFile(path, 'utf8')),
    }));
  },
});

/**
 * Rewrites the schemas of a service so that esbuild can remove the unused ones. Removes the registration of errors whose class
 * no code uses. Replaces computed keys by literals, because esbuild cannot tell that a read of a constant has no side effects.
 */
function toPrunable(schemas: string): string {
  const constants = new Map(
    [...schemas.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name = '', text = '']) => [name, text]),
  );
  return schemas
    .replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, name) => (errorsWithClass.has(name) ? line : ''))
    .replace(/\[(_\w+)\]:/g, (key, name) => `${constants.get(name) ?? key}:`);
}
