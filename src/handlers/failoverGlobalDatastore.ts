import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { check } from '../checks/failoverGlobalDatastore.ts';
import { config } from '../config.ts';
import { elasticache, firstToAnswer } from '../elasticache.ts';
import { type Found, findGlobalDatastore, membersIn, membersInWords } from '../globalDatastore.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { failoverRequest } from '../schemas/failoverGlobalDatastore.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/failover',
  summary: 'Promote a secondary to primary',
  description:
    'PrimaryRegion and PrimaryReplicationGroupId name the NEW primary. The call goes to its region first, then to the other regions, so that it works when the region of the old primary is gone.',
  calls: ['DescribeGlobalReplicationGroups', 'FailoverGlobalReplicationGroup'],
  refuses: ['MemberNotFound'],
  headers: ['If-Match', 'Prefer'],
  body: failoverRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ path, body, signal }) => {
    const { PrimaryRegion } = body;
    const find = () => findGlobalDatastore(signal, path.GlobalReplicationGroupId, PrimaryRegion);
    const target = {
      PrimaryRegion,
      PrimaryReplicationGroupId: body.PrimaryReplicationGroupId ?? onlyMemberIn(await find(), PrimaryRegion),
    };
    const regions = [PrimaryRegion, ...config.regions.filter((region) => region !== PrimaryRegion)];

    const { GlobalReplicationGroup } = await firstToAnswer(regions, (region) =>
      elasticache(signal, region).send(new FailoverGlobalReplicationGroupCommand({ ...path, ...target })),
    ).catch(async (problem: Problem) => ({ GlobalReplicationGroup: await promotedAnyway(problem, target, find) }));
    return accepted(GlobalReplicationGroup);
  },
  { check },
);

function onlyMemberIn({ group }: Found, region: string): string | undefined {
  const [member, ...more] = membersIn(group, region);
  if (more.length === 0) return member?.ReplicationGroupId;
  throw new Problem('ValidationFailed', `${region} has ${more.length + 1} members; name one.`, {
    errors: [{ pointer: '#/PrimaryReplicationGroupId', detail: `Members are ${membersInWords(group)}.` }],
  });
}

interface Target {
  readonly PrimaryRegion: string;
  readonly PrimaryReplicationGroupId: string | undefined;
}

/**
 * A refusal after a lost answer may mean that the wish is granted already; the datastore tells. Any other refusal stays, and
 * says who the members are.
 */
async function promotedAnyway(problem: Problem, target: Target, find: () => Promise<Found>) {
  if (problem.status >= 500 || problem.status === 404) throw problem;
  const { group } = await find().catch(() => {
    throw problem;
  });
  const primary = group.Members?.find(({ Role }) => Role === 'PRIMARY');
  const promoted =
    primary?.ReplicationGroupRegion === target.PrimaryRegion &&
    primary.ReplicationGroupId === target.PrimaryReplicationGroupId?.toLowerCase();
  if (promoted && problem.retried) return group;
  throw problem.with({}, `Members are ${membersInWords(group)}.`);
}
