import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

/** A resource of a CloudFormation template. */
export interface Resource {
  Type: string;
  Condition?: string;
  Properties: ReturnType<typeof JSON.parse>;
}

/** A statement of an IAM policy. */
export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** A CloudFormation template. */
export interface Template {
  Resources: Record<string, Resource>;
  Conditions: Record<string, unknown>;
  Outputs: Record<string, { Value: unknown; Condition?: string }>;
}

/** The folder of the packages of this test file. */
export const packageFolder = await mkdtemp(join(tmpdir(), 'package-'));
afterAll(() => rm(packageFolder, { recursive: true }));

/** Packages the stack, without an account or credentials. `dist/` has the bundles. Returns the template. */
export async function packageTemplate(name: string, options: string[] = []): Promise<Template> {
  const outputFolder = join(packageFolder, name);
  const env = { PATH: process.env.PATH, HOME: packageFolder, SLS_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)('node_modules/.bin/serverless', ['package', '--package', outputFolder, ...options], {
    env,
  });
  return JSON.parse(await readFile(join(outputFolder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** Returns the statements of the policies of a role. */
export const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
