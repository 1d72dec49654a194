import { Fault } from '../protocol/fault.ts';
import type { Store } from '../state/store.ts';
import type { SecretVersion, StoredSecret } from '../state/types.ts';
import { addVersion, findSecret, newArn, secretsOf } from './secrets.ts';

type Input = Readonly<Record<string, unknown>>;
type Action = (store: Store, input: Input) => object;

/** Returns an emulated action of Secrets Manager. Undefined if there is none of this name. */
export const findSecretAction = (name: string): Action | undefined =>
  Object.hasOwn(actions, name) ? actions[name as keyof typeof actions] : undefined;

const actions = { CreateSecret, GetSecretValue, PutSecretValue };

function CreateSecret(store: Store, input: Input): object {
  const name = readText(input, 'Name');
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) throw invalid('Invalid name. Must be a valid name.'); // unverified: the text
  const key = `${store.region}/${name}`;
  if (Object.hasOwn(secretsOf(store), key))
    throw new Fault('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
  const secret: StoredSecret = { arn: newArn(store, name), name, region: store.region, versions: [] };
  const version = input.SecretString === undefined ? undefined : putVersion(secret, input);
  secretsOf(store)[key] = secret;
  return { ARN: secret.arn, Name: name, ...(version && { VersionId: version.id }) };
}

function PutSecretValue(store: Store, input: Input): object {
  const secret = findSecret(store, readText(input, 'SecretId'));
  const { id, stages } = putVersion(secret, input);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
}

function GetSecretValue(store: Store, input: Input): object {
  const secret = findSecret(store, readText(input, 'SecretId'));
  const { id, text, stages, createTime } = findVersion(secret, input);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: id,
    SecretString: text,
    VersionStages: stages,
    CreatedDate: Date.parse(createTime) / 1000,
  };
}

/** Returns a version by its id, by its stage, or the one with the stage AWSCURRENT. */
function findVersion({ versions }: StoredSecret, { VersionId, VersionStage = 'AWSCURRENT' }: Input): SecretVersion {
  const version = versions.find(({ id, stages }) =>
    VersionId === undefined ? stages.includes(`${VersionStage}`) : id === VersionId && stages.length > 0,
  );
  if (version) return version;
  const place = VersionId === undefined ? `staging label: ${VersionStage}` : `VersionId: ${VersionId}`;
  throw new Fault('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${place}`);
}

/** Puts the text of a request as a version. Binary secrets are not emulated. */
function putVersion(secret: StoredSecret, input: Input): SecretVersion {
  const stages = input.VersionStages as readonly string[] | undefined;
  return addVersion(secret, {
    id: readText(input, 'ClientRequestToken'), // SDKs and the command line fill it in
    text: readText(input, 'SecretString'),
    stages,
  });
}

function readText(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`You must provide a value for the ${name} parameter.`); // unverified: the text
}

const invalid = (message: string): Fault => new Fault('InvalidParameterException', message);
