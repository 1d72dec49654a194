import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkTarget, type Result } from './checks.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { optionsOf } from './parameters.ts';

const usage = `npm run deploy:check -- NAME [--template FILE]

Reads the account and says what a deployment of environments/NAME.yml would fail at, and how to mend it. Changes nothing. It packages
the template first, which needs the bundles of npm run build, or takes the packaged template in FILE. The exit code is 1 if something
would fail.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { template: { type: 'string' } } });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Error(usage);
  const environment = readEnvironment(name);
  for (const region of environment.apiRegions) {
    const template = readFileSync(values.template ?? packageTemplate(name, environment, region), 'utf8');
    print(region, await checkTarget({ region, stack: `global-datastore-api-${name}`, environment, template }));
  }
}

/** Packages the stack into a temporary folder. Returns the file of the template. */
function packageTemplate(name: string, environment: Environment, region: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-check-'));
  const options = optionsOf(name, environment, region);
  execFileSync('serverless', ['package', '--package', folder, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'cloudformation-template-update-stack.json');
}

function print(region: string, results: readonly Result[]): void {
  console.log(region);
  for (const { text, remedy } of results)
    console.log(`  ${remedy ? 'FAIL' : 'ok  '} ${text}.${remedy ? `\n       ${remedy}` : ''}`);
  if (results.some(({ remedy }) => remedy)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
