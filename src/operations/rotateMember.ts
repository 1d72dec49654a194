import { ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { readAuthToken } from '../datastores/authToken.ts';
import type { MemberKey, TokenRotation } from './goal.ts';

/**
 * Changes the AUTH token of one member, without a retry: the next reconcile reads the result. Reads the token in the version of the
 * secret at the acceptance, so that all members get the same one. unverified: AWS takes this call for a member of a datastore.
 */
export async function rotateMember(
  signal: AbortSignal,
  { ReplicationGroupId, ReplicationGroupRegion }: MemberKey,
  { AuthTokenSecretArn, SecretVersionId, AuthTokenUpdateStrategy }: TokenRotation,
): Promise<void> {
  const { AuthToken } = await readAuthToken(signal, AuthTokenSecretArn, SecretVersionId);
  await elastiCache(signal, ReplicationGroupRegion, { retry: false }).send(
    new ModifyReplicationGroupCommand({
      ReplicationGroupId,
      AuthToken,
      AuthTokenUpdateStrategy,
      ApplyImmediately: true,
    }),
  );
}
