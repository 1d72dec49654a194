import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { type Bundle, build } from '../../build.ts';
import { builtBundles, distLock } from './distLock.ts';

/** A resource of a CloudFormation template. */
export interface Resource {
  Type: string;
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
  Outputs: Record<string, { Value: unknown }>;
}

/** The folder of the packages of this test file. */
export const packageFolder = await mkdtemp(join(tmpdir(), 'package-'));
afterAll(() => rm(packageFolder, { recursive: true }));

/** Builds the bundles into `dist/`, once for all test files of a run, and returns them. */
export const buildBundles = () =>
  withDist(async (): Promise<Record<string, Bundle>> => {
    const built = await readFile(builtBundles, 'utf8').catch(() => undefined);
    if (built) return JSON.parse(built);
    const bundles = await build();
    await writeFile(builtBundles, JSON.stringify(bundles));
    return bundles;
  });

/** Packages the stack, without an account or credentials. `dist/` has the bundles. Returns the template. */
export async function packageTemplate(name: string, options: string[] = []): Promise<Template> {
  const outputFolder = join(packageFolder, name);
  const env = { PATH: process.env.PATH, HOME: packageFolder, SLS_TELEMETRY_DISABLED: '1' };
  const args = ['package', '--package', outputFolder, ...options];
  await withDist(() => promisify(execFile)('node_modules/.bin/serverless', args, { env }));
  return JSON.parse(await readFile(join(outputFolder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** Calls `use` while no other test file uses `dist/`. */
export async function withDist<T>(use: () => Promise<T>): Promise<T> {
  while (
    !(await mkdir(distLock).then(
      () => true,
      () => false,
    ))
  )
    await sleep(200);
  return use().finally(() => rmdir(distLock));
}

/** Returns the statements of the policies of a role. */
export const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
