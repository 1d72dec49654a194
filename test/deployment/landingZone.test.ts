import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../tools/deploy/parameters.ts';
import { buildBundles, packageFolder, packageTemplate } from '../support/stack.ts';

await buildBundles();
const boundary = 'arn:aws:iam::123456789012:policy/Boundary';
const tags = { 'cost-center': '42', team: 'data, platform' };
const environment = {
  apiRegions: ['us-east-1'],
  permissionsBoundary: boundary,
  rolePath: '/platform/',
  tags,
  deploymentBuckets: { 'us-east-1': 'packages-of-the-platform' },
  protected: true,
  concurrency: 5,
  alarmTopics: { 'us-east-1': 'arn:aws:sns:us-east-1:123456789012:alarms' },
  domain: 'datastores.example.com',
  certificates: { 'us-east-1': 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012' },
};
const template = await packageTemplate('landingZone', optionsOf('zone', environment, 'us-east-1'));
const resources = Object.values(template.Resources);

describe('a stack in a landing zone', () => {
  it('has the path and the permissions boundary in every role', () => {
    const roles = resources.filter(({ Type }) => Type === 'AWS::IAM::Role');

    expect(roles.length).toBeGreaterThan(10);
    for (const { Properties } of roles)
      expect(Properties).toMatchObject({ Path: '/platform/', PermissionsBoundary: boundary });
  });

  it('makes no bucket', () => {
    expect(resources.filter(({ Type }) => Type.startsWith('AWS::S3'))).toEqual([]);
  });

  it('has the tags', async () => {
    const state = JSON.parse(await readFile(join(packageFolder, 'landingZone', 'serverless-state.json'), 'utf8'));

    expect(state.service.provider.stackTags).toEqual(tags);
  });

  it('passes cfn-lint, where it is installed', async (context) => {
    const run = promisify(execFile);
    if (!(await run('cfn-lint', ['--version']).catch(() => undefined))) context.skip('cfn-lint is not installed');
    const file = join(packageFolder, 'landingZone', 'cloudformation-template-update-stack.json');

    const { stdout } = await run('cfn-lint', ['--non-zero-exit-code', 'error', file]).catch((error) => error);

    expect(stdout.split('\n').filter((line: string) => line.startsWith('E'))).toEqual([]);
  });
});
