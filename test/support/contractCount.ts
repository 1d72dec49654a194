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
    contractPairsFile: string;
  }
}

interface Pair {
  readonly name: string;
  /** The reason why no test can cause a response with the pair, if there is one. */
  readonly exemption: string | undefined;
}

/** Counts the pairs of operation and status in the responses of a test run. A complete run fails if a pair is missing. */
export default function countContract(project: TestProject) {
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'pairs');
  writeFileSync(file, '');
  project.provide('contractPairsFile', file);

  return async () => {
    const recorded = new Set(readFileSync(file, 'utf8').split('\n'));
    rmSync(dirname(file), { recursive: true });
    const uncovered = pairs.filter(({ name }) => !recorded.has(name));
    const counted = `contract: ${pairs.length - uncovered.length} of ${pairs.length} (operation, status) pairs covered`;
    if (!(await isCompleteRun(project))) return console.log(counted);

    const missing = uncovered.filter(({ exemption }) => !exemption).map(({ name }) => name);
    const exempt = Object.entries(Object.groupBy(uncovered, ({ exemption }) => exemption ?? '')).filter(
      ([exemption]) => exemption,
    );
    const reasons = exempt.map(([exemption, uses]) => `${uses?.length} ${exemption}`);
    console.log(`${counted}; not covered: ${[...missing, ...reasons].join(', ') || 'none'}`);
    if (missing.length > 0) process.exitCode = 1;
  };
}

const contract = openapi as unknown as OpenApi;

const pairs: readonly Pair[] = Object.values(contract.paths)
  .flatMap((methods) => Object.values(methods))
  .flatMap(({ operationId, responses }) =>
    Object.entries(responses).map(([status, response]) => ({
      name: `${operationId} ${status}`,
      exemption: exemptionFor(status, response),
    })),
  );

function exemptionFor(status: string, response: Response | Ref): string | undefined {
  const { content = {} } = '$ref' in response ? componentAt(response) : response;
  const codes = Object.keys(content['application/problem+json']?.examples ?? {});
  if (status >= '400' && codes.length === 0) return 'returned by API Gateway only';
  return codes.every((code) => code === 'InternalError') && codes.length > 0
    ? 'caused by a defect of the API only'
    : undefined;
}

function componentAt({ $ref }: Ref): Response {
  return contract.components.responses[$ref.split('/').at(-1) ?? ''] as Response;
}

/** Returns whether all tests ran, not a selection. */
async function isCompleteRun(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  return !project.config.testNamePattern && project.vitest.state.getFiles().length === testFiles.length;
}
