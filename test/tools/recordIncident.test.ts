import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Masks the parts that differ in each run: times, durations, ids, the width of columns, and the lines of a wait. */
const mask = (text: string): string =>
  text
    .replace(/^\d+ s {2}.*\n/gm, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/_[0-9a-f]{16}\b/g, '_ID')
    .replace(/\b[\d.]+ s\b/g, 'N s')
    .replace(/ +/g, ' ');

it('npm run record:incident prints what docs/guide.md shows', () => {
  const printed = execFileSync('node', ['tools/recordIncident.ts'], { encoding: 'utf8' });

  const [, documented = ''] =
    /<!-- record:incident -->\n```console\n(.*?)```/s.exec(readFileSync('docs/guide.md', 'utf8')) ?? [];
  expect(mask(printed)).toBe(mask(documented));
  expect(documented.match(/^\$ gds (get|failover|lag|watch|drill) /gm)?.length).toBeGreaterThan(5);
}, 120_000);
