import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { ApiRequest } from '../http/defineHandler.ts';
import type { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';
import { type Check, type Findings, judge } from './check.ts';
import { lookUp, stateAllows } from './commonChecks.ts';

type Request = ApiRequest<typeof failoverGlobalDatastore>;

/** Whether this member can be promoted. */
export async function check({ path, body, signal }: Request): Promise<Findings> {
  const { PrimaryRegion } = body;
  const { group, exists } = await lookUp(signal, path.GlobalReplicationGroupId, PrimaryRegion);
  const target = group && memberOf(group, body);
  return {
    Checks: [exists, ...(group ? ofDatastore(group, body) : [])],
    Plan: [
      `Promote ${PrimaryRegion}/${target?.ReplicationGroupId ?? body.PrimaryReplicationGroupId ?? '?'} to primary (FailoverGlobalReplicationGroup in ${PrimaryRegion}); the primary of now becomes a secondary and takes no writes.`,
    ],
  };
}

function memberOf(group: GlobalDatastore, { PrimaryRegion, PrimaryReplicationGroupId }: Request['body']) {
  return group.Members?.find(
    (member) =>
      member.ReplicationGroupRegion === PrimaryRegion &&
      (PrimaryReplicationGroupId ?? member.ReplicationGroupId)?.toLowerCase() === member.ReplicationGroupId,
  );
}

function ofDatastore(group: GlobalDatastore, body: Request['body']): Check[] {
  const target = memberOf(group, body);
  const isMember = judge(
    'target-is-member',
    target !== undefined,
    { pass: 'The target is a member.', fail: 'The target is no member.' },
    body.PrimaryReplicationGroupId ? '#/PrimaryReplicationGroupId' : '#/PrimaryRegion',
  );
  const state = stateAllows(group, ['available', 'modifying']);
  if (!target) return [state, isMember];
  return [
    state,
    isMember,
    judge(
      'target-is-secondary',
      target.Role !== 'PRIMARY',
      { pass: 'The target is a secondary.', fail: 'The target is the primary already.' },
      '#/PrimaryRegion',
    ),
    judge(
      'target-associated',
      target.Status === 'associated',
      { pass: 'The target is associated.', fail: `The target is ${target.Status}; wait until it is associated.` },
      '#/PrimaryRegion',
    ),
  ];
}
