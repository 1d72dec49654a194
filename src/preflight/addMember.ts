import { formatMembers, type GlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { addMember } from '../schemas/addMember.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkNewMember, readInherited } from './memberChecks.ts';

type Request = ApiRequest<typeof addMember>;

/** Checks that the replication group can be added to the datastore. */
export async function preflight({ path, body, signal }: Request): Promise<DryRunResult> {
  const datastore = checkExists(signal, path.GlobalReplicationGroupId);
  const inherited = datastore.then(({ group }) => group && readInherited(signal, group));
  const [{ group, exists }, checks] = await Promise.all([datastore, checkNewMember(signal, body, inherited)]);
  const member = `${body.ReplicationGroupRegion}/${body.ReplicationGroupId}`;
  return {
    Checks: [exists, ...(group ? checkDatastore(group, body) : []), ...checks],
    Plan: [
      `Create ${member} as a secondary of ${path.GlobalReplicationGroupId} (CreateReplicationGroup in ${body.ReplicationGroupRegion}).`,
    ],
  };
}

function checkDatastore(group: GlobalDatastore, body: Request['body']): Check[] {
  const { ReplicationGroupRegion: region } = body;
  const members = formatMembers(group);
  return [
    checkStatusForJoin(group),
    checkRule('max-two-secondaries', secondariesOf(group).length < 2, {
      pass: 'The datastore can get another secondary.',
      fail: `A datastore has at most two secondaries. Members are ${members}. Remove one first.`,
    }),
    checkRule(
      'region-distinct',
      !group.Members?.some(({ ReplicationGroupRegion }) => ReplicationGroupRegion === region),
      {
        pass: `No member is in ${region}.`,
        fail: `Each member must be in a region of its own. Members are ${members}.`,
      },
      '#/ReplicationGroupRegion',
    ),
  ];
}

/**
 * Returns a warning instead of a failure while another member joins. Two members may join at the same time
 * (terraform-provider-aws creates them so). Other changes in progress are not visible then.
 */
function checkStatusForJoin(group: GlobalDatastore): Check {
  const state = checkStatus(group, STABLE_STATUSES);
  const joining = secondariesOf(group).some(({ Status }) => Status === 'associating');
  if (state.Outcome === 'pass' || !joining) return state;
  return { ...state, Outcome: 'warn', Detail: `The datastore is ${group.Status}. Another member is joining.` };
}
