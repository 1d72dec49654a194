import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Provides `contractPairsFile` to the contract checks. Its content is not counted: a load run does not cover all pairs. */
export default function provideContractPairsFile(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'pairs');
  project.provide('contractPairsFile', file);
  return () => rmSync(dirname(file), { recursive: true });
}
