import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { withSection } from '../../tools/release/changelog.ts';
import { type ContractDocument, compareContracts } from '../../tools/release/contractChanges.ts';
import { isLargeEnough, nextVersion } from '../../tools/release/version.ts';

const contract = openapi as unknown as ContractDocument;

/** An object of a JSON document that tests change. */
// biome-ignore lint/suspicious/noExplicitAny: a test reaches into any place of a JSON document
type Json = Record<string, any>;

function changed(change: (document: Json) => unknown): ContractDocument {
  const copy = structuredClone(contract);
  change(copy);
  return copy;
}

const create = (document: Json) => document.paths['/global-datastores'].post;
const resolve = (document: Json, schema: Json): Json =>
  schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
const bodyOf = (document: Json) => resolve(document, create(document).requestBody.content['application/json'].schema);
const datastore = (document: Json) => document.components.schemas.GlobalReplicationGroup;
const suffix = (document: Json) => resolve(document, bodyOf(document).properties.GlobalReplicationGroupIdSuffix);
const query = (document: Json) =>
  document.paths['/global-datastores'].get.parameters.find(({ name }: Json) => name === 'ShowMemberInfo');

const cases: [what: string, change: (document: Json) => unknown, isBreaking: boolean, text: string][] = [
  ['a removed path', (d) => delete d.paths['/health'], true, 'route GET /health is removed'],
  [
    'a removed method',
    (d) => delete d.paths['/global-datastores'].post,
    true,
    'route POST /global-datastores is removed',
  ],
  ['a new path', (d) => (d.paths['/more'] = { get: { responses: {} } }), false, 'route GET /more is new'],
  ['a deprecated route', (d) => (d.paths['/health'].get.deprecated = true), false, 'GET /health is deprecated'],
  ['a removed member of a body', (d) => delete bodyOf(d).properties.OnFailure, true, 'member OnFailure is removed'],
  ['a new member of a body', (d) => (bodyOf(d).properties.More = { type: 'string' }), false, 'member More is new'],
  ['a new required member', (d) => bodyOf(d).required.push('OnFailure'), true, 'body.OnFailure is required'],
  [
    'a body that is required',
    (d) => (d.paths['/health'].get.requestBody = create(d).requestBody),
    true,
    'body is required',
  ],
  ['a removed body', (d) => delete create(d).requestBody, true, 'body is removed'],
  ['a narrower pattern', (d) => (suffix(d).pattern = '^a$'), true, 'pattern is ^a$'],
  ['a lower maximum', (d) => (suffix(d).maxLength = 3), true, 'maxLength is 3'],
  ['a higher maximum', (d) => (suffix(d).maxLength = 3000), false, ''],
  ['another type of a body', (d) => (suffix(d).type = 'integer'), true, 'is integer instead of string'],
  ['a value that is not taken', (d) => (bodyOf(d).properties.OnFailure.enum = ['keep']), true, 'takes no teardown'],
  ['a value that is taken', (d) => bodyOf(d).properties.OnFailure.enum.push('wait'), false, 'may be wait'],
  ['a removed parameter', (d) => (query(d).name = 'Other'), true, 'parameter query ShowMemberInfo is removed'],
  ['a required parameter', (d) => (query(d).required = true), true, 'parameter query ShowMemberInfo is required'],
  ['a removed member of a response', (d) => delete datastore(d).properties.Engine, true, 'member Engine is removed'],
  ['a new member of a response', (d) => (datastore(d).properties.More = {}), false, 'member More is new'],
  ['a member that may be missing', (d) => (datastore(d).required = []), true, 'Status may be missing'],
  [
    'another type of a response',
    (d) => (datastore(d).properties.Engine.type = 'integer'),
    true,
    'is integer instead of string',
  ],
  [
    'a null in a response',
    (d) => (datastore(d).properties.Engine.type = ['string', 'null']),
    true,
    'is string or null',
  ],
  ['a removed status', (d) => delete create(d).responses['202'], true, 'status 202 is removed'],
];

describe('the comparison of contracts', () => {
  it('finds no change between equal ones', () => {
    expect(compareContracts(contract, structuredClone(contract))).toEqual([]);
  });

  it.each(cases)('reports whether %s breaks callers', (_, change, isBreaking, text) => {
    const changes = compareContracts(contract, changed(change));

    if (text === '') return expect(changes).toEqual([]);
    expect(changes.map((one) => one.text).join('\n')).toContain(text);
    expect(changes.some((one) => one.isBreaking)).toBe(isBreaking);
  });

  it.each(Object.keys(contract.paths))('finds that %s is removed, and that it is new', (path) => {
    const without = changed((document) => delete document.paths[path]);

    expect(compareContracts(contract, without).every((one) => one.isBreaking)).toBe(true);
    expect(compareContracts(without, contract).every((one) => !one.isBreaking)).toBe(true);
    expect(compareContracts(without, contract)).not.toEqual([]);
  });
});

describe('a version', () => {
  it.each([
    ['1.2.3', 'patch', '1.2.4'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', '1.10.0', '1.10.0'],
  ])('after %s for %s is %s', (current, size, next) => {
    expect(nextVersion(current, size)).toBe(next);
  });

  it.each(['1.2.3', '1.2.2', '0.9.9', 'v1.3.0', '1.3', '01.3.0', 'huge', ''])('refuses %j after 1.2.3', (size) => {
    expect(() => nextVersion('1.2.3', size)).toThrow('Give major, minor, patch or a version after 1.2.3');
  });

  it.each([
    ['1.2.3', '2.0.0', true, true, true],
    ['1.2.3', '1.3.0', true, true, false],
    ['0.2.3', '0.3.0', true, true, true],
    ['0.2.3', '0.2.4', true, true, false],
    ['1.2.3', '1.3.0', false, true, true],
    ['1.2.3', '1.2.4', false, true, false],
    ['1.2.3', '1.2.4', false, false, true],
  ])(
    'from %s to %s, breaking: %s, additions: %s, is large enough: %s',
    (from, to, isBreaking, hasAdditions, enough) => {
      expect(isLargeEnough(from, to, { isBreaking, hasAdditions })).toBe(enough);
    },
  );
});

describe('npm run release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const git = (...args: string[]) =>
    run('git', '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args).trim();
  const commit = (subject: string, body = '') => git('commit', '--quiet', '--all', '-m', subject, '-m', body);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

  /** Runs a release. Returns what it prints, also if it is refused. */
  function release(...args: string[]): string {
    try {
      return run('npm', 'run', '--silent', 'release', '--', ...args);
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  }

  beforeAll(() => {
    const skipped = /^(node_modules|dist|dist-local|\.git|\.serverless)$|\/(node_modules|dist)$/;
    cpSync('.', folder, { recursive: true, filter: (path) => !skipped.test(relative('.', path)) });
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    run('git', 'init', '--quiet', '--initial-branch=main');
    for (const [name, value] of [
      ['user.name', 'test'],
      ['user.email', 'test@example.com'],
    ] as const)
      run('git', 'config', name, value);
    write('CHANGELOG.md', '# Changelog\n');
    git('add', '--all');
    commit('feat(handlers): create datastores');
  });

  it('writes version, changelog and SBOM, commits them and creates the tag', () => {
    const printed = release('0.2.0');

    expect(printed).toContain('v0.2.0 is committed and tagged');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%s')).toBe('build(release): v0.2.0');
    expect(git('tag', '--points-at', 'HEAD')).toBe('v0.2.0');
    const { packages } = JSON.parse(read('package-lock.json'));
    for (const workspace of ['.', ...JSON.parse(read('package.json')).workspaces]) {
      const { version, dependencies } = JSON.parse(read(`${workspace}/package.json`));
      expect([version, packages[workspace === '.' ? '' : workspace].version]).toEqual(['0.2.0', '0.2.0']);
      expect(dependencies?.['@global-datastore/client'] ?? '0.2.0').toBe('0.2.0');
    }
    expect(JSON.parse(read('openapi.json')).info.version).toBe('0.2.0');
    expect(read('CHANGELOG.md')).toMatch(
      /## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n### Added\n\n- handlers: create datastores \(/,
    );
    const sbom = JSON.parse(read('sbom.cdx.json'));
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { version: '0.2.0' } } });
    expect(sbom.components.map(({ name }: { name: string }) => name)).toContain('@middy/core');
    expect(JSON.stringify(sbom)).not.toMatch(/vitest|node-linux/);
    expect(JSON.parse(read('test/records/0.2.0/release.json'))).toMatchObject({
      Version: '0.2.0',
      Changes: { length: 6 },
      Operations: { length: 5 },
    });
  }, 240_000);

  it('puts the changes since the former release first, with the breaking changes', () => {
    write('more.txt', 'more');
    git('add', '--all');
    commit('fix(http)!: refuse empty headers', 'BREAKING CHANGE: an empty header\nis refused.');

    const section = release('patch', '--dry-run');

    const former = read('CHANGELOG.md');
    expect(section).toContain('## 0.2.1');
    expect(section).toContain(
      '### Breaking changes\n\n- an empty header is refused.\n\n### Fixed\n\n- http: refuse empty',
    );
    expect(section).not.toContain('create datastores');
    expect(withSection(former, section).indexOf('## 0.2.1')).toBe(former.indexOf('## 0.2.0'));
  });

  it('refuses a patch that breaks the contract, and changes nothing', () => {
    const document = JSON.parse(read('openapi.json'));
    delete document.paths['/health'];
    write('openapi.json', JSON.stringify(document));
    commit('feat(handlers): end the health check');

    expect(release('patch')).toContain(
      '0.2.1 is too small: what changed since v0.2.0 breaks the contract.\n  route GET /health is removed',
    );
    expect(git('log', '-1', '--format=%s')).toBe('feat(handlers): end the health check');
    expect(git('status', '--porcelain')).toBe('');
  });

  it.each([
    ['no version', [], 'npm run release -- major|minor|patch|VERSION'],
    ['a smaller version', ['0.1.0'], 'Give major, minor, patch or a version after 0.2.0, not 0.1.0.'],
    ['an unknown option', ['minor', '--push'], "Unknown option '--push'"],
  ])('refuses %s', (_, args, text) => {
    expect(release(...args)).toContain(text);
  });

  it('refuses a working tree with changes', () => {
    write('more.txt', 'other');

    expect(release('minor')).toContain('The working tree has changes. Commit or stash them:\nM more.txt');
    git('checkout', '--', 'more.txt');
  });

  it('shows the section with --dry-run', () => {
    expect(release('minor', '--dry-run')).toContain(
      '### Breaking changes of the contract\n\n- route GET /health is removed',
    );
    expect(git('status', '--porcelain')).toBe('');
  });
});
