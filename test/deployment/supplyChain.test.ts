import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { purposes } from '../../tools/docsTables.ts';
import { productionPackages } from '../../tools/licences.ts';
import { buildBundles } from '../support/stack.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { dependencies, devDependencies, optionalDependencies, allowScripts } = JSON.parse(read('package.json'));
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly engines?: Record<string, string>;
  readonly os?: string | string[];
  readonly cpu?: string | string[];
  readonly deprecated?: string;
  readonly hasInstallScript?: boolean;
}

const bundles = await buildBundles();

/** Licences that require at most attribution. */
const permissive = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD'];

it('lists every production dependency with its version and purpose in docs/operations.md', () => {
  const direct = productionPackages().filter(({ direct }) => direct);

  expect(direct.map(({ name }) => name).sort()).toEqual(Object.keys(dependencies).sort());
  expect(Object.keys(purposes).sort()).toEqual(Object.keys(dependencies).sort());
  for (const { name, version } of direct) expect(read('docs/operations.md')).toContain(`| \`${name}\` ${version} |`);
});

it('bundles only production dependencies and the runtime of compiled schemas', () => {
  const files = Object.values(bundles).flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
    ),
  );
  const packages = files.flatMap((path) => path.match(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
  const production = productionPackages().map(({ name }) => name);

  expect(new Set(packages)).toContain('@aws-sdk/client-elasticache');
  expect([...new Set(packages)].filter((name) => !production.includes(name))).toEqual(['ajv']);
  expect(files.filter((path) => /node_modules\/ajv\/(?!dist\/runtime\/)/.test(path))).toEqual([]);
});

it('uses only permissive licences in production', () => {
  const restricted = productionPackages().filter(({ licence }) => !permissive.includes(licence));

  expect(restricted).toEqual([]);
});

it('pins every version', () => {
  const unpinned = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
    ([, version]) => !/^(npm:osls@)?\d+\.\d+\.\d+$/.test(String(version)),
  );

  expect(unpinned).toEqual([]);
});

it('locks every package with a hash', () => {
  const isOurs = (path: string) =>
    !path.startsWith('node_modules/') || path.startsWith('node_modules/@global-datastore/');
  const withoutHash = Object.keys(packages).filter((path) => !isOurs(path) && !packages[path]?.integrity);

  expect(withoutHash).toEqual([]);
});

it('needs no NOTICE: no production dependency has one', () => {
  const folders = Object.keys(packages).filter((path) => path !== '' && !packages[path]?.dev && existsSync(path));

  expect(folders.length).toBeGreaterThan(20);
  expect(folders.flatMap((path) => readdirSync(path).filter((file) => /^notice/i.test(file)))).toEqual([]);
});

describe('the Node 24 of npm scripts', () => {
  const binaries = Object.entries(packages).filter(([path]) =>
    /^node_modules\/node-(bin-)?(linux|darwin|win)-/.test(path),
  );

  it('is locked for each platform, with a hash and without an install script', () => {
    const platforms = binaries.map(([, { os, cpu }]) => `${os} ${cpu}`).sort();

    expect(binaries.map(([path]) => path)).toEqual(
      Object.keys(optionalDependencies).map((name) => `node_modules/${name}`),
    );
    expect(platforms).toEqual(['darwin arm64', 'darwin x64', 'linux arm64', 'linux x64', 'win32 x64']);
    for (const [, binary] of binaries) {
      expect(binary).toMatchObject({ integrity: expect.stringMatching(/^sha512-/) });
      expect(binary).not.toHaveProperty('hasInstallScript');
    }
  });

  it('runs the tests', () => {
    const [name = ''] = process.execPath.match(/node-[\w-]+/) ?? [];

    expect(process.version).toBe(`v${optionalDependencies[name]}`);
  });

  it('is a Node that every package accepts, on each platform', () => {
    const refused = binaries.flatMap(([, { version }]) =>
      Object.entries(packages)
        .filter(([path, { engines }]) => path !== '' && engines?.node && !satisfies(version, engines.node))
        .map(([path, { engines }]) => `${path} ${engines?.node}, not ${version}`),
    );

    expect(refused).toEqual([]);
  });
});

// The next two tests replace warnings of npm, which .npmrc hides.
it('has no deprecated package', () => {
  expect(Object.keys(packages).filter((path) => packages[path]?.deprecated)).toEqual([]);
});

it('runs no install script of a package', () => {
  const scripted = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript && path !== '');

  expect(scripted.map((path) => path.replace(/^.*node_modules\//, '')).sort()).toEqual(
    Object.keys(allowScripts).sort(),
  );
  expect(Object.values(allowScripts).every((allowed) => allowed === false)).toBe(true);
});
