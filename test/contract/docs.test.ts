import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { tables, withTables } from '../../tools/docsTables.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

test('The tables of the README are those of the code; npm run readme writes them anew', () => {
  expect(Object.keys(tables)).toEqual(['routes', 'faults', 'dependencies', 'brought']);
  for (const name of Object.keys(tables)) expect(readme).toContain(`<!-- ${name} -->`);
  expect(withTables(readme)).toBe(readme);
});

test('Every npm script that the README names exists', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
