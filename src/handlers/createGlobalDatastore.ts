import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elasticache } from '../aws/elastiCacheClient.ts';
import { findCreated, sure } from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { accepted } from '../http/defineHandler.ts';
import { foundOut } from '../idempotency/lostResponse.ts';
import type { Goal } from '../operations/goal.ts';
import { goalOfCreation, refuseImproperSecondaries } from '../operations/goals.ts';
import { followed, startOperation } from '../operations/operations.ts';
import { refuseFailing } from '../preflight/check.ts';
import { check } from '../preflight/createGlobalDatastore.ts';
import { checkSecondaries } from '../preflight/secondariesCheck.ts';
import { Problem } from '../problems/problem.ts';
import { createRequest } from '../schemas/createGlobalDatastore.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { followedDatastoreAnswer } from '../schemas/globalDatastore.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores',
  summary: 'Create a datastore over an existing replication group',
  description:
    'The replication group becomes the primary; everything else comes from it. Takes AWS some minutes. With Secondaries an operation goes on from there by itself, region by region: Link leads to it.',
  calls: [
    'CreateGlobalReplicationGroup',
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
  ],
  refuses: ['PolicyDenied', 'TopologyRefused', 'SecondariesNotStarted'],
  begins: true,
  headers: ['Idempotency-Key', 'Prefer'],
  body: createRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(followedDatastoreAnswer), 202: followedDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async (request) => {
    const { body, signal, resumed } = request;
    const { PrimaryReplicationGroupRegion: region, Secondaries = [], OnFailure: _, ...input } = body;
    refuseImproperSecondaries(body);
    if (!resumed) refuseFailing(await checkSecondaries(signal, body));
    const GlobalReplicationGroup = await elasticache(signal, region)
      .send(new CreateGlobalReplicationGroupCommand(input))
      .then((output) => output.GlobalReplicationGroup)
      .catch((problem) => foundOut(problem, () => findCreated(signal, region, input), resumed));
    if (Secondaries.length === 0) return accepted(GlobalReplicationGroup);

    const group = sure(GlobalReplicationGroup);
    const goal = goalOfCreation(group, body);
    const id = await startOperation(request, goal, []).catch(notStarted(goal));
    return followed(id, { GlobalReplicationGroup: group });
  },
  { check },
);

/** The datastore is made and nobody goes on with its secondaries: the caller can. */
const notStarted =
  ({ GlobalReplicationGroupId }: Goal) =>
  (problem: Problem) => {
    throw new Problem('SecondariesNotStarted', problem.message, {
      upstream: problem.upstream,
      remedies: [{ method: 'PUT', href: `/global-datastores/${GlobalReplicationGroupId}/topology` }],
      cause: problem.cause,
    });
  };
