import { CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { acceptedFor } from '../api.ts';
import { change } from '../change.ts';
import { check } from '../checks/addMember.ts';
import { elasticache } from '../elasticache.ts';
import type { Problem } from '../problem.ts';
import { findReplicationGroup, sureReplicationGroup } from '../replicationGroup.ts';
import type { Route } from '../route.ts';
import { addMemberRequest, memberAnswer } from '../schemas/addMember.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/members',
  summary: 'Add a region: make a replication group there that joins the datastore as a secondary',
  description:
    'Whatever all members share comes from the primary and is refused here, with the reason. A datastore has at most two secondaries, each in a region of its own. Takes AWS 10 to 15 minutes.',
  calls: ['CreateReplicationGroup', 'DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  headers: ['If-Match', 'Prefer'],
  body: addMemberRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(memberAnswer), 202: memberAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ path, body, signal }) => {
    const { GlobalReplicationGroupId } = path;
    const {
      ReplicationGroupRegion: region,
      ReplicationGroupDescription = `Secondary of ${GlobalReplicationGroupId}`,
      ...chosen
    } = body;
    const input = { ...chosen, GlobalReplicationGroupId, ReplicationGroupDescription };

    const ReplicationGroup = await elasticache(signal, region)
      .send(new CreateReplicationGroupCommand(input))
      .then((output) => sureReplicationGroup(output.ReplicationGroup))
      .catch((problem) => madeAnyway(problem, signal, region, input));
    return acceptedFor(GlobalReplicationGroupId, { ReplicationGroup });
  },
  {
    check,
    show: async ({ body, signal }, GlobalReplicationGroup) => ({
      GlobalReplicationGroup,
      ReplicationGroup: await findReplicationGroup(signal, body.ReplicationGroupRegion, body.ReplicationGroupId),
    }),
  },
);

interface Wanted {
  readonly ReplicationGroupId: string;
  readonly GlobalReplicationGroupId: string;
}

/** After a lost answer, a group of that name that belongs to that datastore is the one that an attempt made. */
async function madeAnyway(problem: Problem, signal: AbortSignal, region: string, wanted: Wanted) {
  if (!problem.inDoubt) throw problem;
  const made = await findReplicationGroup(signal, region, wanted.ReplicationGroupId).catch((trouble: Problem) => {
    throw trouble.status < 500 ? problem : trouble;
  });
  if (made.GlobalReplicationGroupInfo?.GlobalReplicationGroupId === wanted.GlobalReplicationGroupId) return made;
  throw problem;
}
