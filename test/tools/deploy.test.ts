import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const folder = await mkdtemp(join(tmpdir(), 'environments-'));
await mkdir(join(folder, 'environments'));
afterAll(() => rm(folder, { recursive: true }));

/** Deploys the environment of this text. Returns the output. The command always fails, because the folder has no project. */
async function deploy(text: string, ...options: string[]): Promise<string> {
  await writeFile(join(folder, 'environments', 'test.yml'), text);
  return promisify(execFile)('node', [resolve('tools/deploy/main.ts'), 'test', ...options], { cwd: folder }).then(
    ({ stdout }) => stdout,
    ({ stderr }) => stderr,
  );
}

const start = 'apiRegions: [us-east-1]\n';

describe('npm run deploy', () => {
  it.each([
    ['an unknown member', `${start}owners: {}\n`, 'test.yml:2:1: owners: is unknown. Known are apiRegions, '],
    ['an unknown rule', `${start}policy:\n  Own: 1\n`, 'test.yml:3:3: policy.Own: is unknown. Known are Regions, '],
    ['a wrong value', `${start}logDays: 31\n`, 'test.yml:2:10: logDays: must be one of 1, 3, 5, '],
    ['a wrong type', `${start}protected: maybe\n`, 'test.yml:2:12: protected: must be boolean, not "maybe".'],
    ['no region', 'auth: iam\n', "test.yml:1:1: must have required property 'apiRegions'."],
    ['no issuer', `${start}auth: jwt\n`, "must have required property 'jwtIssuer'."],
    ['no certificate', `${start}domain: a.example.com\n`, 'must have property certificates'],
    [
      'a page without a client of its issuer',
      `${start}auth: jwt\njwtIssuer: https://issuer.example\nconsole: true\n`,
      'test.yml:4:10: console: needs signInClientId, the client of jwtIssuer',
    ],
    [
      'an origin with a path',
      `${start}signInOrigins: https://login.example/oauth2\n`,
      'test.yml:2:16: signInOrigins: must match pattern',
    ],
    [
      'a region that is not called',
      `${start}regions: [eu-west-1]\n`,
      'test.yml:1:14: apiRegions.0: us-east-1 must also be',
    ],
    [
      'an ARN for no region',
      `${start}alarmTopics:\n  eu-west-1: arn:aws:sns:eu-west-1:123456789012:a\n`,
      'test.yml:3:3: alarmTopics.eu-west-1: must be one of apiRegions: us-east-1.',
    ],
    [
      'an ARN of another region',
      `${start}alarmTopics:\n  us-east-1: arn:aws:sns:eu-west-1:123456789012:a\n`,
      'test.yml:3:14: alarmTopics.us-east-1: must be an ARN in us-east-1, not in eu-west-1.',
    ],
    [
      'a KMS key by its alias',
      `${start}kmsKeys:\n  us-east-1: arn:aws:kms:us-east-1:123456789012:alias/a\n`,
      'test.yml:3:14: kmsKeys.us-east-1: must match pattern',
    ],
    [
      'a KMS key of another region',
      `${start}kmsKeys:\n  us-east-1: arn:aws:kms:eu-west-1:123456789012:key/a\n`,
      'test.yml:3:14: kmsKeys.us-east-1: must be an ARN in us-east-1, not in eu-west-1.',
    ],
    [
      'a region without a KMS key',
      'apiRegions: [us-east-1, eu-west-1]\nkmsKeys:\n  us-east-1: arn:aws:kms:us-east-1:123456789012:key/a\n',
      'test.yml:3:3: kmsKeys: must have the ARN for eu-west-1.',
    ],
    ['broken YAML', 'apiRegions: [\n', 'line 2, column 1'],
    ['no content', '', 'test.yml:1:1: must be object.'],
  ])('refuses %s', async (_, text, message) => {
    expect(await deploy(text)).toContain(message);
  });

  it('refuses a region that the environment does not have', async () => {
    expect(await deploy(start, '--region', 'eu-west-1')).toBe(
      'eu-west-1 is none of the apiRegions of the environment: us-east-1.\n',
    );
  });
});
