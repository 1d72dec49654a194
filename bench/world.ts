import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pin } from './function.ts';

/** The services that a function calls, in their own process, and the environment that configures a function for them. */
export interface World {
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Returns the calls since the last call of this function: the actions of ElastiCache, and `PutItem` for each call of
   * DynamoDB.
   */
  calls(): Promise<string[]>;
  end(): Promise<void>;
}

/** Starts the services. */
export async function startWorld({ tls }: { tls: boolean }): Promise<World> {
  const certificates = tls ? createCertificates() : undefined;
  const [program = '', ...options] = [
    ...pin(0),
    process.execPath,
    'bench/service.ts',
    ...(certificates ? [certificates] : []),
  ];
  const child: ChildProcess = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = (await once(lines, 'line')) as [string];
  const { plain, tableCalls = '', ...endpoints } = JSON.parse(line) as Record<string, string>;

  return {
    async calls() {
      const { Calls } = await readJson<{ Calls: { Action: string }[] }>(`${plain}/_emulator/calls`, 'DELETE');
      const ofTable = await readJson<string[]>(tableCalls, 'GET');
      return [...Calls.map(({ Action }) => Action), ...ofTable.map(() => 'PutItem')];
    },
    environment: {
      AWS_REGION: 'us-east-1',
      REGIONS: 'us-east-1,eu-west-1,ap-southeast-2',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: 'token',
      AWS_LAMBDA_LOG_LEVEL: 'INFO',
      ...endpoints,
      ...(certificates && { NODE_EXTRA_CA_CERTS: `${certificates}/root.pem` }),
    },
    async end() {
      child.kill();
      await once(child, 'close');
      if (certificates) rmSync(certificates, { recursive: true });
    },
  };
}

const readJson = async <T>(url: string, method: string): Promise<T> =>
  (await (await fetch(url, { method })).json()) as T;

/** Creates a chain of three RSA certificates for 127.0.0.1, as long as that of AWS. Returns the folder. */
function createCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'));
  const openssl = (...options: string[]) =>
    execFileSync('openssl', options, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const sign = (name: string, issuer: string, extensions: string) => {
    writeFileSync(join(folder, 'extensions'), extensions);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=bench ${name}`,
      '-out',
      `${name}.csr`,
    );
    const by =
      issuer === name
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-extfile', 'extensions', '-out', `${name}.pem`);
  };
  sign('root', 'root', 'basicConstraints=critical,CA:TRUE');
  sign('issuing', 'root', 'basicConstraints=critical,CA:TRUE');
  sign('server', 'issuing', 'subjectAltName=IP:127.0.0.1');
  const chain = ['server', 'issuing'].map((name) => execFileSync('cat', [join(folder, `${name}.pem`)]).toString());
  writeFileSync(join(folder, 'chain.pem'), chain.join(''));
  return folder;
}
