import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { build } from '../../build.ts';
import { purposes } from '../../tools/docsTables.ts';
import { productionPackages } from '../../tools/licences.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json'));

/** Licences that require at most attribution. */
const permissive = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD'];

it('lists every production dependency with its version and purpose in the README', () => {
  const direct = productionPackages().filter(({ direct }) => direct);

  expect(direct.map(({ name }) => name).sort()).toEqual(Object.keys(dependencies).sort());
  expect(Object.keys(purposes).sort()).toEqual(Object.keys(dependencies).sort());
  for (const { name, version } of direct) expect(read('docs/operations.md')).toContain(`| \`${name}\` ${version} |`);
});

it('bundles only production dependencies and the runtime of compiled schemas', async () => {
  const bundles = await build({ codeCache: false });
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
  const unpinned = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^(npm:osls@)?\d+\.\d+\.\d+$/.test(String(version)),
  );

  expect(unpinned).toEqual([]);
});

it('locks every package with a hash', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string }> };

  const withoutHash = Object.keys(packages).filter((path) => path !== '' && !packages[path]?.integrity);

  // The registry that the lock file was made with has no hashes of Biome's binaries for other platforms.
  expect(withoutHash.filter((path) => !path.startsWith('node_modules/@biomejs/cli-'))).toEqual([]);
});

it('needs no NOTICE: no production dependency has one', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean }> };
  const folders = Object.keys(packages).filter((path) => path !== '' && !packages[path]?.dev && existsSync(path));

  expect(folders.length).toBeGreaterThan(20);
  expect(folders.flatMap((path) => readdirSync(path).filter((file) => /^notice/i.test(file)))).toEqual([]);
});
