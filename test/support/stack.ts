import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A folder with only the files that osls reads. In the folder of the project, osls searches all files for each function. */
const service = join(packageFolder, 'service');
await mkdir(service);
await copyFile('serverless.yml', join(service, 'serverless.yml'));
await symlink(resolve('infrastructure'), join(service, 'infrastructure'));

/** Builds the bundles into `dist/`, once for all test files of a run, and returns them. */
export const buildBundles = () =>
  withDistLock(async (): Promise<Record<string, Bundle>> => {
    const built = await readFile(builtBundles, 'utf8').catch(() => undefined);
    const bundles = built ? JSON.parse(built) : await build();
    if (!built) await writeFile(builtBundles, JSON.stringify(bundles));
    await writeBundleNames();
    return bundles;
  });

/** Packages the stack, without an account or credentials. Requires `buildBundles`. Returns the template. */
export async function packageTemplate(name: string, options: string[] = []): Promise<Template> {
  const outputFolder = join(packageFolder, name);
  const { code, output } = await runServerless(['package', '--package', outputFolder, ...options]);
  if (code !== 0) throw new Error(output);
  return JSON.parse(await readFile(join(outputFolder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** Runs osls without a terminal. Requires `buildBundles`. Returns its exit code and all that it prints. */
export function runServerless(args: string[], variables: Record<string, string> = {}) {
  const { PATH, NODE_COMPILE_CACHE, SLS_SCHEMA_CACHE_BASE_DIR } = process.env;
  const caches = { NODE_COMPILE_CACHE, SLS_SCHEMA_CACHE_BASE_DIR };
  const env = { PATH, ...caches, HOME: packageFolder, SLS_TELEMETRY_DISABLED: '1', ...variables };
  const program = resolve('node_modules/.bin/serverless');
  return new Promise<{ code: unknown; output: string }>((done) => {
    const child = execFile(program, args, { cwd: service, env }, (error, out, err) =>
      done({ code: error ? (error.code ?? error.signal) : 0, output: out + err }),
    );
    child.stdin?.end();
  });
}

/** Writes a small file for each file in `dist/`. A template needs only the names, and compressing the bundles takes long. */
async function writeBundleNames(): Promise<void> {
  const folder = join(service, 'dist');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir('dist')) await writeFile(join(folder, name), name);
}

/** Calls `use` while no other test file builds into `dist/`. */
async function withDistLock<T>(use: () => Promise<T>): Promise<T> {
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
