import {
  CreateGlobalReplicationGroupCommand,
  type CreateGlobalReplicationGroupCommandInput as CreateInput,
} from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { check } from '../checks/createGlobalDatastore.ts';
import { elasticache } from '../elasticache.ts';
import { findCreated } from '../globalDatastore.ts';
import type { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { createRequest } from '../schemas/createGlobalDatastore.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores',
  summary: 'Create a datastore over an existing replication group',
  description: 'The replication group becomes the primary; everything else comes from it. Takes AWS some minutes.',
  calls: [
    'CreateGlobalReplicationGroup',
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
  ],
  headers: ['Prefer'],
  body: createRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ body, signal }) => {
    const { PrimaryReplicationGroupRegion: region, ...input } = body;
    const { GlobalReplicationGroup } = await elasticache(signal, region)
      .send(new CreateGlobalReplicationGroupCommand(input))
      .catch(async (problem) => ({ GlobalReplicationGroup: await madeAnyway(problem, signal, region, input) }));
    return accepted(GlobalReplicationGroup);
  },
  { check },
);

/**
 * ElastiCache takes no client token: when the answer to a create is lost, the SDK's next attempt is refused as a duplicate of
 * the first. What an attempt made is then the answer; anything else stays the problem that it was, unless nobody can tell.
 */
async function madeAnyway(problem: Problem, signal: AbortSignal, region: string | undefined, input: CreateInput) {
  if (!problem.inDoubt) throw problem;
  const made = await findCreated(signal, region, input).catch((trouble: Problem) => {
    throw trouble.status < 500 ? problem : trouble;
  });
  if (!made) throw problem;
  return made;
}
