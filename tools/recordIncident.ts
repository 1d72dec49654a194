import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type LocalApi, startLocalApi } from './localApi.ts';

const usage = `npm run record:incident [-- --write]

Plays an incident with gds on this machine, against npm start, and prints the commands with what they print. With --write, puts it
into docs/guide.md.`;

const page = 'docs/guide.md';

/** The place of the recording in the page. */
const recording = /(?<=<!-- record:incident -->\n```console\n).*?(?=```)/s;

interface Lag {
  readonly Region: string;
  readonly Seconds: number;
}

/** The commands to type, and the lags to set in the emulator between them. */
const script: readonly (string | Lag)[] = [
  { Region: 'eu-west-1', Seconds: 45 },
  'gds get ldgnf-orders',
  'gds failover ldgnf-orders --to eu-west-1 --max-lag 5 --reason "us-east-1 loses packets" --yes; echo "exit code $?"',
  { Region: 'eu-west-1', Seconds: 2 },
  'gds lag ldgnf-orders',
  'gds failover ldgnf-orders --to eu-west-1 --max-lag 5 --dry-run',
  'gds failover ldgnf-orders --to eu-west-1 --max-lag 5 --reason "us-east-1 loses packets" --yes --no-wait',
  'gds watch ldgnf-orders',
  'gds get ldgnf-orders',
  'gds connect ldgnf-orders',
  'gds drill ldgnf-orders --to us-east-1 --hold 2s --max-lag 5 --reason "Is us-east-1 fit again?" --yes --wait',
  'gds drills ldgnf-orders',
  'gds audit ldgnf-orders',
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' }, write: { type: 'boolean' } } });
  if (values.help) return console.log(usage);
  const text = await record();
  if (!values.write) return void process.stdout.write(text);
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(recording, () => text),
  );
}

async function record(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'incident-'));
  const api = await startLocalApi(['--state', join(folder, 'state')], {});
  const shell = (command: string) => runInShell(command, { ...process.env, GDS_URL: api.url, XDG_CONFIG_HOME: folder });
  try {
    await shell('gds create orders --primary orders-use1 --secondary orders-euw1@eu-west-1 --wait');
    let text = '';
    for (const step of script)
      if (typeof step === 'string') text += `$ ${step}\n${await shell(step)}`;
      else await setLag(api, step);
    return text;
  } finally {
    await api.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command. Returns what it prints to stdout and stderr, in order. */
const runInShell = (command: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve) => {
    const gds = `gds() { ${process.execPath} --conditions=source cli/main.ts "$@"; }`;
    execFile('/bin/sh', ['-c', `exec 2>&1; ${gds}; ${command}`], { env }, (_, printed) => resolve(printed));
  });

/** Sets the lag and waits until the API shows it: the API caches a lag for a second. */
async function setLag({ url, elastiCache }: LocalApi, lag: Lag): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${elastiCache}/_emulator/lag`, { method: 'POST', headers, body: JSON.stringify(lag) });
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(`${url}/global-datastores/ldgnf-orders/replication`);
    const { Secondaries } = (await response.json()) as { readonly Secondaries: readonly { LagSeconds: number }[] };
    if (Secondaries[0]?.LagSeconds === lag.Seconds) return;
    await sleep(100);
  }
  throw new Error(`The API does not show a lag of ${lag.Seconds} s.`);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
