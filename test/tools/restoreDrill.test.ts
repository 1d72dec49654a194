import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('npm run drill:restore finds what docs/operations.md shows', () => {
  const output = execFileSync('node', ['tools/restoreDrill.ts'], { encoding: 'utf8' });

  const [, documented] =
    /<!-- drill:restore -->\n```text\n(.*?)```/s.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];
  expect(output).toBe(documented);
  expect(output).not.toContain('FAIL');
}, 120_000);
