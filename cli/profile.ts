import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type ClientOptions,
  type GlobalDatastoreError,
  type GlobalDatastores,
  globalDatastores,
} from '@global-datastore/client';
import { CommandError, exitCodes } from './exitCodes.ts';
import { tell } from './output.ts';

/** The URL of the API, and the authentication of the caller. */
export interface Profile {
  readonly url: string;
  readonly auth: 'none' | 'sigv4' | 'token';
  /** The region of the API, for the signature. */
  readonly region?: string;
  /** A program with its arguments that prints a token. */
  readonly tokenCommand?: string;
}

/** The URL of `npm start`. */
const localUrl = 'http://localhost:3000';

export const profilePath = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'gds', 'profile.json');

export async function saveProfile(profile: Profile): Promise<void> {
  await mkdir(dirname(profilePath()), { recursive: true });
  await writeFile(profilePath(), `${JSON.stringify(profile, undefined, 2)}\n`, { mode: 0o600 });
}

/** Returns the URL of the API: `--url`, `GDS_URL`, the profile or `npm start`, in this order. */
export function chooseUrl(url: string | undefined, profile: Profile | undefined): string {
  const chosen = url ?? process.env.GDS_URL ?? profile?.url ?? localUrl;
  if (URL.canParse(chosen)) return chosen;
  throw new CommandError(exitCodes.usage, `${chosen} is no URL. Give https://HOST or http://localhost:PORT.`);
}

/** Returns the client for the URL that `chooseUrl` returns. By default it reports a retry on stderr. */
export async function connect(
  url: string | undefined,
  { onRetry }: Pick<ClientOptions, 'onRetry'> = { onRetry: tellOnce() },
): Promise<GlobalDatastores> {
  const profile = await readProfile();
  const chosen = chooseUrl(url, profile);
  const {
    auth = 'none',
    region = 'us-east-1',
    tokenCommand = '',
  } = profile?.url === chosen ? profile : ({} as Partial<Profile>);
  const options = { url: chosen, ...(onRetry && { onRetry }) };
  if (auth === 'token') return globalDatastores({ ...options, token: () => printedToken(tokenCommand) });
  if (auth === 'none') return globalDatastores(options);
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const { sigv4 } = await import('@global-datastore/client/sigv4');
  return globalDatastores({ ...options, authorize: sigv4({ region, credentials: defaultProvider() }) });
}

/** Returns a function that prints the reason of the first retry. */
function tellOnce(): (error: GlobalDatastoreError) => void {
  let told = false;
  return ({ message }) => {
    if (!told) tell(`${message} Trying again for a minute. Ctrl-C ends it.`);
    told = true;
  };
}

export async function readProfile(): Promise<Profile | undefined> {
  const text = await readFile(profilePath(), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Profile;
  } catch {
    throw new CommandError(exitCodes.usage, `${profilePath()} is no JSON. Write it again with gds login.`);
  }
}

async function printedToken(command: string): Promise<string> {
  try {
    return (await promisify(execFile)('/bin/sh', ['-c', command])).stdout.trim();
  } catch (error) {
    throw new CommandError(exitCodes.unauthorized, `The token command failed: ${(error as Error).message}`);
  }
}
