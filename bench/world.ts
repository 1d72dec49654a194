import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pin } from './function.ts';

/** What stands around a function: the services in their process, and the environment that leads to them. */
export interface World {
  readonly environment: Readonly<Record<string, string>>;
  /** The emulator's address for its control endpoint. */
  readonly emulator: string;
  end(): Promise<void>;
}

/** Starts the services, over TLS or not. */
export async function startWorld({ tls }: { tls: boolean }): Promise<World> {
  const certificates = tls ? makeCertificates() : undefined;
  const [program = '', ...options] = [
    ...pin(0),
    process.execPath,
    'bench/service.ts',
    ...(certificates ? [certificates] : []),
  ];
  const child: ChildProcess = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = (await once(lines, 'line')) as [string];
  const { plain, ...reached } = JSON.parse(line) as Record<string, string>;

  return {
    emulator: plain ?? '',
    environment: {
      AWS_REGION: 'us-east-1',
      REGIONS: 'us-east-1,eu-west-1,ap-southeast-2',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: 'token',
      AWS_LAMBDA_LOG_LEVEL: 'INFO',
      ...reached,
      ...(certificates && { NODE_EXTRA_CA_CERTS: `${certificates}/root.pem` }),
    },
    async end() {
      child.kill();
      await once(child, 'close');
      if (certificates) rmSync(certificates, { recursive: true });
    },
  };
}

/** A chain of three RSA certificates as AWS has them, for 127.0.0.1. */
function makeCertificates(): string {
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
