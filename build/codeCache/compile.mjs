// Writes the code cache of a bundle. Runs in a process of its own, because V8 accepts a cache only under the flags of the process
// that compiled it. Usage: node build/codeCache/compile.mjs BUNDLE EVENT
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { startFakeAws } from './fakeAws.mjs';

const [, , bundle = '', event = '{}'] = process.argv;
const fakeAws = await startFakeAws();

Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  REGIONS: 'us-east-1,eu-west-1',
  AWS_ACCESS_KEY_ID: 'build',
  AWS_SECRET_ACCESS_KEY: 'build',
  AWS_ENDPOINT_URL_ELASTICACHE: fakeAws,
  AWS_ENDPOINT_URL_DYNAMODB: fakeAws,
  AWS_ENDPOINT_URL_LAMBDA: fakeAws,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: fakeAws,
  AWS_ENDPOINT_URL_CLOUDWATCH: fakeAws,
  TABLE_NAME: 'build',
});

const script = new Script(readFileSync(`${bundle}.js`, 'latin1'), { filename: bundle });
const { handler, prime } = script.runInThisContext();
await prime?.(handler);
const context = { awsRequestId: 'build', getRemainingTimeInMillis: () => 3_000 };
const { statusCode } = await handler(JSON.parse(event), context);
if (!statusCode) throw new Error(`${bundle} returned no status`);

const cache = `${bundle}.${process.arch}-${process.versions.v8}.cache`;
writeFileSync(`${cache}.new`, script.createCachedData());
renameSync(`${cache}.new`, cache);
process.exit();
