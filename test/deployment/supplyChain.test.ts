import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { build } from '../../build.ts';
import { purposes } from '../../tools/docsTables.ts';
import { productionPackages } from '../../tools/licences.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json'));

/** Licences that ask for no more than to be named. */
const permissive = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD'];

it('What runs in production is what the README says, and what it is there for', () => {
  const direct = productionPackages().filter((one) => one.direct);

  expect(direct.map(({ name }) => name).sort()).toEqual(Object.keys(dependencies).sort());
  expect(Object.keys(purposes).sort()).toEqual(Object.keys(dependencies).sort());
  for (const { name, version } of direct) expect(read('docs/operations.md')).toContain(`| \`${name}\` ${version} |`);
});

it('Nothing gets into a bundle but that, what it brings along, and what compiled schemas call', async () => {
  const made = await build({ codeCache: false });
  const files = Object.values(made).flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
    ),
  );
  const packages = files.flatMap((path) => path.match(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
  const known = productionPackages().map(({ name }) => name);

  expect(new Set(packages)).toContain('@aws-sdk/client-elasticache');
  expect([...new Set(packages)].filter((name) => !known.includes(name))).toEqual(['ajv']);
  expect(files.filter((path) => /node_modules\/ajv\/(?!dist\/runtime\/)/.test(path))).toEqual([]);
});

it('All that runs in production may be used freely', () => {
  const others = productionPackages().filter(({ licence }) => !permissive.includes(licence));

  expect(others).toEqual([]);
});

it('Every version is pinned', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^(npm:osls@)?\d+\.\d+\.\d+$/.test(String(version)),
  );

  expect(loose).toEqual([]);
});

it('Every package is locked with its hash', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string }> };

  const without = Object.keys(packages).filter((path) => path !== '' && !packages[path]?.integrity);

  // Of Biome’s programs for other platforms the registry that this lock was made with tells no hash.
  expect(without.filter((path) => !path.startsWith('node_modules/@biomejs/cli-'))).toEqual([]);
});
