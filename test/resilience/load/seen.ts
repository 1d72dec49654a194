import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Provides the file `contractSeen` to the contract checks. Its content is not counted: a load run does not see all pairs. */
export default function forgetContract(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'seen');
  project.provide('contractSeen', file);
  return () => rmSync(dirname(file), { recursive: true });
}
