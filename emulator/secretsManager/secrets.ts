import { randomUUID } from 'node:crypto';
import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { SecretVersion, StoredSecret } from '../state/types.ts';

/** Returns the secrets of the account. Keys are `region/name`. */
export function secretsOf(store: Store): Record<string, StoredSecret> {
  store.accountState.secrets ??= {};
  return store.accountState.secrets;
}

/**
 * Returns a secret of the region by its name, its ARN, or its ARN without the six characters at the end.
 * @throws Fault ResourceNotFoundException, AccessDeniedException for an ARN of another account
 */
export function findSecret(store: Store, id: string): StoredSecret {
  const [, , , region, account, , name = id] = id.startsWith('arn:') ? id.split(':') : [];
  if (account !== undefined && account !== store.account)
    // unverified: the text. Without a resource policy another account has no access.
    throw new Fault(
      'AccessDeniedException',
      `You are not authorized to perform secretsmanager:GetSecretValue on ${id}.`,
    );
  const secret = Object.values(secretsOf(store)).find(
    (each) => each.region === store.region && (each.arn === id || each.name === name),
  );
  const isSame = region === undefined || region === store.region;
  if (secret && isSame) return secret;
  throw new Fault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** Adds a version with the stage AWSCURRENT. The former one gets AWSPREVIOUS. A repeat of the same version changes nothing. */
export function addVersion(secret: StoredSecret, { id, text, stages = ['AWSCURRENT'] }: NewVersion): SecretVersion {
  const existing = secret.versions.find((version) => version.id === id);
  if (existing && existing.text !== text)
    throw new Fault(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  if (existing) return existing;
  if (stages.includes('AWSCURRENT')) demoteCurrent(secret);
  const added = { id, text, stages: [...stages], createTime: new Date().toISOString() };
  secret.versions = [...secret.versions.map((version) => withoutStages(version, stages)), added];
  return added;
}

interface NewVersion {
  readonly id: string;
  readonly text: string;
  readonly stages?: readonly string[] | undefined;
}

function demoteCurrent({ versions }: StoredSecret): void {
  for (const version of versions) {
    if (version.stages.includes('AWSCURRENT')) version.stages.push('AWSPREVIOUS');
    else version.stages = version.stages.filter((stage) => stage !== 'AWSPREVIOUS');
  }
}

const withoutStages = (version: SecretVersion, stages: readonly string[]): SecretVersion => ({
  ...version,
  stages: version.stages.filter((stage) => !stages.includes(stage)),
});

/** Returns the ARN of a new secret. Secrets Manager adds a hyphen and six characters to the name. */
export const newArn = ({ partition, region, account }: Store, name: string): string =>
  `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-${randomUUID().slice(0, 6)}`;
