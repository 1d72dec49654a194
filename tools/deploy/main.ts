import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Environment, readEnvironment } from './environment.ts';
import { optionsOf } from './parameters.ts';

const usage = `npm run deploy -- NAME [--region REGION] [--yes]

Deploys the environment of environments/NAME.yml: one stack in each of its apiRegions, or only the one in REGION. Shows what each stack
changes and asks before it does; --yes makes the changes without a question.`;

const folder = '.serverless';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { region: { type: 'string' }, yes: { type: 'boolean', default: false } },
  });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Error(usage);
  const environment = readEnvironment(name);
  const regions = regionsOf(environment, values.region);
  run('npm', ['run', 'build'], policyOf(name, environment));
  const answer: Record<string, string> = values.yes ? { DEPLOY_YES: '1' } : {};
  for (const region of regions) run('serverless', ['deploy', ...optionsOf(name, environment, region)], answer);
}

function regionsOf({ apiRegions }: Environment, region: string | undefined): readonly string[] {
  if (region === undefined) return apiRegions;
  if (apiRegions.includes(region)) return [region];
  throw new Error(`${region} is none of the apiRegions of the environment: ${apiRegions.join(', ')}.`);
}

/** Writes the policy of an environment into a file for the build. Returns the variable that names it. */
function policyOf(name: string, { policy }: Environment): Record<string, string> {
  if (policy === undefined) return { POLICY_FILE: '' };
  mkdirSync(folder, { recursive: true });
  const POLICY_FILE = `${folder}/policy-${name}.json`;
  writeFileSync(POLICY_FILE, JSON.stringify(policy));
  return { POLICY_FILE };
}

const run = (program: string, args: readonly string[], env: Record<string, string>): Buffer =>
  execFileSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } }) as Buffer;

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
