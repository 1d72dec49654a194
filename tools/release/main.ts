import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Commit, changelogSection, withSection } from './changelog.ts';
import { type ContractChange, type ContractDocument, compareContracts } from './contractChanges.ts';
import { isLargeEnough, nextVersion } from './version.ts';

const usage = `npm run release -- major|minor|patch|VERSION [--dry-run]

Writes the version into each package.json and the contract, a section of CHANGELOG.md, the SBOM, and the release's records for the
tests of later releases, commits them and makes the tag.
Refuses a version that is too small for what changed in the contract. Pushes nothing.`;

/** The state before a release. */
interface State {
  /** The tag of the former release, if there is one. */
  readonly tag: string | undefined;
  readonly version: string;
  readonly commits: readonly Commit[];
  readonly contract: readonly ContractChange[];
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  });
  const [size, ...others] = positionals;
  if (size === undefined || others.length > 0) throw new Error(usage);
  assertClean();
  const state = readState();
  const version = nextVersion(state.version, size);
  assertLargeEnough(state, version);
  const section = changelogSection(version, new Date().toISOString().slice(0, 10), state.commits, state.contract);
  if (values['dry-run']) {
    console.log(section);
    return;
  }
  write(version, section);
  commit(version);
  console.log(`v${version} is committed and tagged. To publish it: git push --follow-tags`);
}

function assertClean(): void {
  const changed = git('status', '--porcelain');
  if (changed) throw new Error(`The working tree has changes. Commit or stash them:\n${changed}`);
}

function readState(): State {
  const tag =
    git('tag', '--merged', 'HEAD', '--sort=-version:refname', '--list', 'v[0-9]*').split('\n')[0] || undefined;
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const former = tag && (JSON.parse(git('show', `${tag}:openapi.json`)) as ContractDocument);
  const current = JSON.parse(readFileSync('openapi.json', 'utf8')) as ContractDocument;
  return { tag, version, commits: commitsSince(tag), contract: former ? compareContracts(former, current) : [] };
}

function commitsSince(tag: string | undefined): Commit[] {
  const range = tag ? [`${tag}..HEAD`] : ['HEAD'];
  const log = git('log', '--no-merges', '--format=%h%x1f%s%x1f%b%x1e', ...range);
  return log
    .split('\x1e')
    .map((entry) => entry.trim().split('\x1f'))
    .filter(([hash]) => hash)
    .map(([hash = '', subject = '', body = '']) => ({ hash, subject, body }));
}

function assertLargeEnough({ tag, version, contract }: State, next: string): void {
  const breaking = contract.filter(({ isBreaking }) => isBreaking);
  if (git('tag', '--list', `v${next}`)) throw new Error(`The tag v${next} exists. Choose a later version.`);
  if (isLargeEnough(version, next, { isBreaking: breaking.length > 0, hasAdditions: contract.length > 0 })) return;
  const kind = breaking.length > 0 ? 'breaks the contract' : 'adds to the contract';
  const texts = (breaking.length > 0 ? breaking : contract).map(({ text }) => `  ${text}`).join('\n');
  throw new Error(`${next} is too small: what changed since ${tag} ${kind}.\n${texts}`);
}

function write(version: string, section: string): void {
  npm('version', version, '--no-git-tag-version');
  npm('pkg', 'set', `version=${version}`, '--workspaces');
  for (const workspace of usersOfClient())
    npm('pkg', 'set', `dependencies[@global-datastore/client]=${version}`, '--workspace', workspace);
  npm('install', '--package-lock-only', '--ignore-scripts'); // the lock names the versions of the workspaces, too
  npm('run', 'openapi');
  npm('run', 'client');
  npm('run', 'records');
  writeFileSync('CHANGELOG.md', withSection(readFileSync('CHANGELOG.md', 'utf8'), section));
  writeFileSync(
    'sbom.cdx.json',
    `${npm('sbom', '--package-lock-only', '--omit=dev', '--omit=optional', '--sbom-format=cyclonedx')}\n`,
  );
}

/** Returns the workspaces that depend on the client. */
function usersOfClient(): string[] {
  const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { workspaces } = read('.') as { workspaces: string[] };
  return workspaces.filter((folder) => '@global-datastore/client' in (read(folder).dependencies ?? {}));
}

function commit(version: string): void {
  git('add', '--all');
  git('commit', '--quiet', '-m', `build(release): v${version}`);
  git('tag', '--annotate', `v${version}`, '-m', `v${version}`);
}

const git = (...args: string[]): string => run('git', args);

const npm = (...args: string[]): string => run('npm', args);

/** Runs a program. Throws an error with its output if it fails. */
const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  }).trim();

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
