import { FailoverGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { callWithRegionFallback, regionsFrom } from '../aws/multiRegion.ts';
import { withFailoverLease } from '../datastores/failoverLease.ts';
import {
  findGlobalDatastore,
  formatMembers,
  type LocatedDatastore,
  membersIn,
  primaryOf,
} from '../datastores/globalDatastore.ts';
import { defineChange } from '../http/defineChange.ts';
import { acceptedDatastore } from '../http/defineHandler.ts';
import { resolveLostResponse } from '../idempotency/lostResponse.ts';
import { preflight } from '../preflight/failoverGlobalDatastore.ts';
import { Problem } from '../problems/problem.ts';
import { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';

export const handler = defineChange(
  failoverGlobalDatastore,
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
    if (seen) return acceptedDatastore(seen);

    const input = { ...path, PrimaryRegion, PrimaryReplicationGroupId };
    const GlobalReplicationGroup = await withFailoverLease({ ...path, target, caller: caller.name, find }, () =>
      callWithRegionFallback(signal, regionsFrom(PrimaryRegion), (region, brief) =>
        elastiCache(brief, region).send(new FailoverGlobalReplicationGroupCommand(input)),
      )
        .then((output) => output.GlobalReplicationGroup)
        .catch((problem) => resolveLostResponse(problem, promoted)),
    ).catch((problem) => sayMembers(problem, find));
    return acceptedDatastore(GlobalReplicationGroup);
  },
  { preflight, vital: true },
);

function onlyMemberIn({ group }: LocatedDatastore, region: string): string {
  const [member, ...more] = membersIn(group, region);
  if (more.length === 0) return member?.ReplicationGroupId ?? '';
  throw new Problem('ValidationFailed', `${region} has ${more.length + 1} members; name one.`, {
    errors: [{ pointer: '#/PrimaryReplicationGroupId', detail: `Members are ${formatMembers(group)}.` }],
  });
}

/** A refusal says who the members are, if that can be found out. */
async function sayMembers(problem: unknown, find: () => Promise<LocatedDatastore>): Promise<never> {
  if (!(problem instanceof Problem) || problem.status >= 500 || problem.status === 404) throw problem;
  const { group } = await find().catch(() => {
    throw problem;
  });
  throw problem.with({}, `Members are ${formatMembers(group)}.`);
}
