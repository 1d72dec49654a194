import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elasticache } from '../aws/elastiCacheClient.ts';
import { firstToAnswer, startingAt } from '../aws/multiRegion.ts';
import { alone } from '../datastores/failoverLease.ts';
import {
  type Found,
  findGlobalDatastore,
  membersIn,
  membersInWords,
  primaryOf,
} from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { accepted } from '../http/defineHandler.ts';
import { foundOut } from '../idempotency/lostResponse.ts';
import { check } from '../preflight/failoverGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { failoverRequest } from '../schemas/failoverGlobalDatastore.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/failover',
  summary: 'Promote a secondary to primary',
  description:
    'PrimaryRegion and PrimaryReplicationGroupId name the NEW primary. The call goes to its region first, then to the other regions, so that it works when the region of the old primary is gone.',
  calls: ['DescribeGlobalReplicationGroups', 'FailoverGlobalReplicationGroup'],
  refuses: ['PolicyDenied', 'MemberNotFound', 'FailoverUnderWay'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: failoverRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ path, body, signal, caller, resumed, before }) => {
    const { PrimaryRegion } = body;
    const find = () => findGlobalDatastore(signal, path.GlobalReplicationGroupId, PrimaryRegion);
    const looked = async () => {
      const found = await find();
      await before(found.group);
      return found;
    };
    const PrimaryReplicationGroupId = body.PrimaryReplicationGroupId ?? onlyMemberIn(await looked(), PrimaryRegion);
    const target = `${PrimaryRegion}/${PrimaryReplicationGroupId.toLowerCase()}`;
    const promoted = async () => {
      const { group } = await find();
      return primaryOf(group) === target ? group : undefined;
    };
    const seen = resumed && (await promoted().catch(() => undefined));
    if (seen) return accepted(seen);

    const input = { ...path, PrimaryRegion, PrimaryReplicationGroupId };
    const GlobalReplicationGroup = await alone({ ...path, target, caller: caller.name, find }, () =>
      firstToAnswer(signal, startingAt(PrimaryRegion), (region, brief) =>
        elasticache(brief, region).send(new FailoverGlobalReplicationGroupCommand(input)),
      )
        .then((output) => output.GlobalReplicationGroup)
        .catch((problem) => foundOut(problem, promoted)),
    ).catch((problem) => sayMembers(problem, find));
    return accepted(GlobalReplicationGroup);
  },
  { check, vital: true },
);

function onlyMemberIn({ group }: Found, region: string): string {
  const [member, ...more] = membersIn(group, region);
  if (more.length === 0) return member?.ReplicationGroupId ?? '';
  throw new Problem('ValidationFailed', `${region} has ${more.length + 1} members; name one.`, {
    errors: [{ pointer: '#/PrimaryReplicationGroupId', detail: `Members are ${membersInWords(group)}.` }],
  });
}

/** A refusal says who the members are, if that can be found out. */
async function sayMembers(problem: unknown, find: () => Promise<Found>): Promise<never> {
  if (!(problem instanceof Problem) || problem.status >= 500 || problem.status === 404) throw problem;
  const { group } = await find().catch(() => {
    throw problem;
  });
  throw problem.with({}, `Members are ${membersInWords(group)}.`);
}
