import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import openapi from '../../openapi.json' with { type: 'json' };

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file in which test files write down the pairs of operation and status that they have seen. */
    contractSeen: string;
  }
}

/** What no test can see, and why. Everything else that the contract promises has to be seen in a whole run. */
const excused: readonly [RegExp, string][] = [
  [/ (401|403|429)$/, 'made by API Gateway'],
  [/^(getHealth|getOpenApi|getProblem) 5\d\d$/, 'made by API Gateway, or only by a mistake of ours'],
];

/** Counts which statuses of which operations the tests of a run have seen, over all files. */
export default function countContract(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'seen');
  writeFileSync(file, '');
  project.provide('contractSeen', file);

  return async () => {
    const seen = new Set(readFileSync(file, 'utf8').split('\n'));
    rmSync(dirname(file), { recursive: true });
    const pairs = promisedPairs();
    const unseen = pairs.filter((pair) => !seen.has(pair));
    const missing = unseen.filter((pair) => !excused.some(([pattern]) => pattern.test(pair)));
    if (!(await isWhole(project))) {
      return console.log(`contract: ${pairs.length - unseen.length} of ${pairs.length} (operation, status) pairs seen`);
    }
    const reasons = excused.map(([pattern, why]) => `${unseen.filter((pair) => pattern.test(pair)).length} (${why})`);
    console.log(
      `contract: ${pairs.length - unseen.length} of ${pairs.length} (operation, status) pairs seen; not seen: ${[...missing, ...reasons].join(', ')}`,
    );
    if (missing.length > 0) process.exitCode = 1;
  };
}

function promisedPairs(): string[] {
  return Object.values(openapi.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => `${operationId} ${status}`));
}

/** Whether all tests were run, or only some that somebody picked. */
async function isWhole(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  return !project.config.testNamePattern && project.vitest.state.getFiles().length === testFiles.length;
}
