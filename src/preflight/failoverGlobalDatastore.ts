import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import type { Check } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { failoverGlobalDatastore } from '../schemas/failoverGlobalDatastore.ts';
import { checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { assessPromotion } from './lagWithinLimit.ts';
import { checkTarget } from './targetChecks.ts';

type Request = ApiRequest<typeof failoverGlobalDatastore>;

/**
 * Checks that the member can be promoted. The plan has the costs of the failover. `maxLagSeconds` is the limit of the request
 * and of the policy. The lag and the addresses are read for a dry run only, not to explain a refusal.
 */
export async function preflight(request: Request, maxLagSeconds: number | undefined): Promise<DryRunResult> {
  const { path, body, query, signal } = request;
  const { PrimaryRegion } = body;
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId, PrimaryRegion);
  const target = group && findTarget(group, body);
  const checks = [
    exists,
    ...(group ? [checkFailoverStatus(group), ...checkTarget(target, body, 'Choose one of the secondaries.')] : []),
  ];
  const promotion = `Promote ${PrimaryRegion}/${target?.ReplicationGroupId ?? body.PrimaryReplicationGroupId ?? '?'} to primary (FailoverGlobalReplicationGroup in ${PrimaryRegion}). The current primary becomes a secondary and takes no writes.`;
  if (!query.DryRun || !target || target.Role === 'PRIMARY') return { Checks: checks, Plan: [promotion] };
  const { check, costs } = await assessPromotion(signal, target, maxLagSeconds, '#/PrimaryRegion');
  return { Checks: [...checks, check], Plan: [promotion, ...costs] };
}

function findTarget(group: GlobalDatastore, { PrimaryRegion, PrimaryReplicationGroupId }: Request['body']) {
  return group.Members?.find(
    (member) =>
      member.ReplicationGroupRegion === PrimaryRegion &&
      (PrimaryReplicationGroupId ?? member.ReplicationGroupId)?.toLowerCase() === member.ReplicationGroupId,
  );
}

/** Checks the status. Other changes may be in progress, but while the target leaves, AWS still shows it as associated for a time. */
function checkFailoverStatus(group: GlobalDatastore): Check {
  const check = checkStatus(group, ['available', 'modifying']);
  if (group.Status !== 'modifying') return check;
  return {
    ...check,
    Outcome: 'warn',
    Detail: 'The datastore is modifying. AWS accepts a failover unless the target leaves.',
  };
}
