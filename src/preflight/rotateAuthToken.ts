import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { foundValue, lookup } from '../datastores/lookup.ts';
import { describePlan } from '../operations/describePlan.ts';
import type { Goal } from '../operations/goal.ts';
import { rotationGoal } from '../operations/goals.ts';
import { toObservedDatastore } from '../operations/observedDatastore.ts';
import { observeTokens } from '../operations/observeTokens.ts';
import { plan } from '../operations/plan.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { rotateAuthToken } from '../schemas/rotateAuthToken.ts';
import { checkSecret } from './authTokenSecret.ts';
import { checkExists } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkTokenRotated } from './memberTokenChecks.ts';
import { checkNoOperationRunning } from './operationCheck.ts';

type Request = ApiRequest<typeof rotateAuthToken>;

/** Checks that the AUTH token of all members can be changed, and plans the steps. */
export async function preflight({ path, body, query, signal }: Request): Promise<DryRunResult> {
  const { GlobalReplicationGroupId: id } = path;
  const datastore = checkExists(signal, id);
  const rotation = datastore.then(async ({ group }) =>
    group ? foundValue(await lookup(checkRotation(signal, group, body))) : undefined,
  );
  const desired = rotation.then((found) => found?.goal);
  const noOperation = await checkNoOperationRunning(signal, id, query.Supersede ?? false, desired);
  const { group, exists } = await datastore;
  if (!group) return { Checks: [exists, noOperation], Plan: [] };
  const { checks, goal } = (await rotation) ?? { checks: [membersUnknown] };
  return { Checks: [exists, noOperation, ...checks], Plan: goal ? planRotation(group, goal) : [] };
}

const membersUnknown = checkRule('members-readable', undefined, {
  pass: '',
  fail: '',
  unknown: 'The members could not be read.',
});

/** Checks the datastore and the secret of a rotation. Returns its goal, which names the version of the secret that was read. */
export async function checkRotation(
  signal: AbortSignal,
  group: GlobalDatastore,
  body: Request['body'],
  AcceptedAt?: string,
): Promise<{ checks: readonly Check[]; goal: Goal }> {
  const [secret, tokens] = await Promise.all([
    checkSecret(signal, body.AuthTokenSecretArn, '#'),
    observeTokens(signal, group.Members ?? []),
  ]);
  const rotation = { ...body, SecretVersionId: secret.versionId };
  return {
    checks: [
      checkEncryption(group),
      checkTokenInUse(group),
      ...(body.AuthTokenUpdateStrategy === 'SET' ? [checkTokenRotated('#/AuthTokenUpdateStrategy')] : []),
      secret.check,
    ],
    goal: rotationGoal(group, rotation, tokens, AcceptedAt),
  };
}

/** Plans the steps of a rotation from the tokens at its acceptance. */
function planRotation(group: GlobalDatastore, goal: Goal): string[] {
  const { ModifiedBefore = {} } = goal.TokenRotation ?? {};
  const names = Object.entries(ModifiedBefore);
  const tokens = Object.fromEntries(names.map(([name, ModifiedAt]) => [name, { Status: 'available', ModifiedAt }]));
  return describePlan(plan(goal, { datastore: toObservedDatastore(group, ''), groups: {}, tokens }), goal);
}

/** Checks that a client can use AUTH at all (ElastiCache user guide, "Authenticating with the AUTH command"). */
const checkEncryption = ({ TransitEncryptionEnabled }: GlobalDatastore): Check =>
  checkRule('transit-encryption', TransitEncryptionEnabled, {
    pass: 'Encryption in transit is enabled.',
    fail: 'Encryption in transit is disabled. Only a datastore that uses it can have an AUTH token.',
  });

/** unverified: AWS refuses a first AUTH token of a member, because the members would differ for a time. */
const checkTokenInUse = ({ AuthTokenEnabled }: GlobalDatastore): Check =>
  checkRule('auth-token', AuthTokenEnabled || undefined, {
    pass: 'The datastore has an AUTH token.',
    fail: '',
    unknown: 'The datastore has no AUTH token. AWS may refuse to add one to a member.',
  });
