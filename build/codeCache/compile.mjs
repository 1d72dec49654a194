// Writes the code cache of a bundle. In a process of its own: a cache is good only under the flags that it was made with.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { startUpstream } from './fakeAws.mjs';

const [, , bundle = '', event = '{}'] = process.argv;
const upstream = await startUpstream();

Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  REGIONS: 'us-east-1,eu-west-1',
  AWS_ACCESS_KEY_ID: 'build',
  AWS_SECRET_ACCESS_KEY: 'build',
  AWS_ENDPOINT_URL_ELASTICACHE: upstream,
  AWS_ENDPOINT_URL_DYNAMODB: upstream,
  AWS_ENDPOINT_URL_LAMBDA: upstream,
  TABLE_NAME: 'build',
});

const script = new Script(readFileSync(`${bundle}.js`, 'latin1'), { filename: bundle });
const { handler, prime } = script.runInThisContext();
await prime?.(handler);
const context = { awsRequestId: 'build', getRemainingTimeInMillis: () => 3_000 };
const { statusCode } = await handler(JSON.parse(event), context);
if (!statusCode) throw new Error(`${bundle} does not answer`);

const cache = `${bundle}.${process.arch}-${process.versions.v8}.cache`;
writeFileSync(`${cache}.new`, script.createCachedData());
renameSync(`${cache}.new`, cache);
process.exit();
