import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import openapi from '../../openapi.json' with { type: 'json' };
import type { Ref } from '../../tools/openapi/components.ts';
import type { OpenApi } from '../../tools/openapi/document.ts';
import type { Response } from '../../tools/openapi/responses.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file to which test files append each pair of operation and status that a response had. */
    contractSeen: string;
  }
}

interface Pair {
  readonly name: string;
  /** The reason why no test can cause a response with the pair, if there is one. */
  readonly excuse: string | undefined;
}

/** Counts the pairs of operation and status in the responses of a test run. A complete run fails if a pair is missing. */
export default function countContract(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'seen');
  writeFileSync(file, '');
  project.provide('contractSeen', file);

  return async () => {
    const seen = new Set(readFileSync(file, 'utf8').split('\n'));
    rmSync(dirname(file), { recursive: true });
    const unseen = pairs.filter(({ name }) => !seen.has(name));
    const counted = `contract: ${pairs.length - unseen.length} of ${pairs.length} (operation, status) pairs seen`;
    if (!(await isWhole(project))) return console.log(counted);

    const missing = unseen.filter(({ excuse }) => !excuse).map(({ name }) => name);
    const excused = Object.entries(Object.groupBy(unseen, ({ excuse }) => excuse ?? '')).filter(([excuse]) => excuse);
    const reasons = excused.map(([excuse, those]) => `${those?.length} ${excuse}`);
    console.log(`${counted}; not seen: ${[...missing, ...reasons].join(', ') || 'none'}`);
    if (missing.length > 0) process.exitCode = 1;
  };
}

const contract = openapi as unknown as OpenApi;

const pairs: readonly Pair[] = Object.values(contract.paths)
  .flatMap((methods) => Object.values(methods))
  .flatMap(({ operationId, responses }) =>
    Object.entries(responses).map(([status, response]) => ({
      name: `${operationId} ${status}`,
      excuse: excuseFor(status, response),
    })),
  );

function excuseFor(status: string, response: Response | Ref): string | undefined {
  const { content = {} } = '$ref' in response ? componentAt(response) : response;
  const codes = Object.keys(content['application/problem+json']?.examples ?? {});
  if (status >= '400' && codes.length === 0) return 'made by API Gateway alone';
  return codes.every((code) => code === 'InternalError') && codes.length > 0 ? 'only by a mistake of ours' : undefined;
}

function componentAt({ $ref }: Ref): Response {
  return contract.components.responses[$ref.split('/').at(-1) ?? ''] as Response;
}

/** Returns whether all tests ran, not a selection. */
async function isWhole(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  return !project.config.testNamePattern && project.vitest.state.getFiles().length === testFiles.length;
}
