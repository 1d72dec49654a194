import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../tools/deploy/environment.ts';
import { optionsOf } from '../../tools/deploy/parameters.ts';
import { startLocalCloudFormation } from '../support/localCloudFormation.ts';
import { buildBundles, packageFolder, runServerless } from '../support/stack.ts';

await buildBundles();
const environments = join(packageFolder, 'environments');
await mkdir(environments);
const aws = await startLocalCloudFormation();
afterAll(() => aws.close());

/** Deploys an environment as `npm run deploy` does after the build. Returns its output, exit code and changing calls. */
async function deploy(text: string, env: Record<string, string> = {}) {
  await writeFile(join(environments, 'test.yml'), `apiRegions: [us-east-1]\nprotected: true\n${text}`);
  const options = optionsOf('test', readEnvironment('test', environments), 'us-east-1');
  aws.changes.length = 0;
  const result = await runServerless(['deploy', ...options], { ...aws.env, ...env });
  return { ...result, changes: [...aws.changes] };
}

describe('a deployment', async () => {
  const refused = await deploy('');
  const refusedState = { ...aws.state };
  const first = await deploy('', { DEPLOY_YES: '1' });
  const created = Object.keys(aws.state.resources);
  const unchanged = await deploy('', { DEPLOY_YES: '1' });
  const edited = await deploy('rate: 7\n');

  it('without a confirmation changes nothing', () => {
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('global-datastore-api-test: 2 changes\n  add         ServerlessDeploymentBucket');
    expect(refused.output).toContain('There is no terminal to ask: repeat with --yes. Nothing is changed.');
    expect(refused.changes).toEqual(['CreateChangeSet', 'DeleteChangeSet', 'DeleteStack']);
    expect(refusedState).toMatchObject({ resources: {} });
    expect(refusedState.status).toBeUndefined();
  });

  it('lists what it adds, and adds it', () => {
    expect(first.code).toBe(0);
    expect(first.output).toContain('add         Table (AWS::DynamoDB::GlobalTable)');
    expect(first.output).toContain('add         FailoverGlobalDatastoreLambdaFunction (AWS::Lambda::Function)');
    expect(created.length).toBeGreaterThan(200);
  });

  it('of a protected environment adopts existing resources, and protects the stack and then the table', () => {
    expect(aws.parameters.CreateChangeSet?.ImportExistingResources).toBe('true');
    expect(aws.parameters.UpdateTerminationProtection?.EnableTerminationProtection).toBe('true');
    expect(first.changes.slice(-2).sort()).toEqual(['UpdateTable', 'UpdateTerminationProtection']);
    expect(aws.state.table).toMatchObject({ TableName: 'global-datastore-api-test', DeletionProtectionEnabled: true });
  });

  it('of the same file changes nothing', () => {
    expect(unchanged.output).toContain('No changes to deploy.');
    expect(unchanged.code).toBe(0);
    expect(unchanged.changes).toEqual(['UpdateTerminationProtection']); // to the value that it has
  });

  it('of an edited file shows the edit', () => {
    expect(edited.code).toBe(1);
    expect(edited.output).toContain('modify      HttpApiStage (AWS::ApiGatewayV2::Stage): DefaultRouteSettings');
    expect(edited.output).toContain('Nothing is changed.');
    expect(edited.changes.at(-1)).toBe('DeleteChangeSet');
  });
});
