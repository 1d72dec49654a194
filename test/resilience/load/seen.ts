import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** A place for what was seen of the contract; this run does not set out to see all of it. */
export default function forgetContract(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'seen');
  project.provide('contractSeen', file);
  return () => rmSync(dirname(file), { recursive: true });
}
