import { residentMb } from './function.ts';
import { type LocalApi, startLocalApi } from './localApi.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';

interface View {
  readonly Servers: readonly { readonly Pid: number }[];
  readonly Datastores: readonly { readonly LastFailover?: { readonly BlockedMs: number } }[];
}

/** The number of planned failovers that are measured. */
const failovers = 5;

/** Measures `npm start -- --data-plane` beside its targets. Returns a table, or the reason for its absence. */
export async function measureDataPlane(): Promise<string> {
  const api = await startLocalApi(['npm', 'start', '--', '--data-plane']);
  try {
    const { DataPlane } = (await (await fetch(`${api.url}/health`)).json()) as { readonly DataPlane?: string };
    return DataPlane ? await measure(api, DataPlane) : 'The data plane is not measured: there is no server program.';
  } finally {
    await api.end();
  }
}

async function measure(api: LocalApi, server: string): Promise<string> {
  const startedAt = performance.now();
  await createMembers(api);
  const seconds = (performance.now() - startedAt) / 1000;
  const blocked: number[] = [];
  for (let i = 0; i < failovers; i++) blocked.push(await failOver(api, i % 2 ? 'us-east-1' : 'eu-west-1'));
  const sizes = (await view(api)).Servers.map(({ Pid }) => residentMb(Pid));
  const row = (name: string, value: number, target: number, digits: number) => ({
    [server]: name,
    now: value.toFixed(digits),
    target: `≤ ${target}`,
    reached: value <= target ? '✓' : '✗',
  });
  return markdown([
    row('three regions with two shards each are up, s after the call', seconds, 5, 1),
    row('memory of a server, MB', median(sizes), 15, 1),
    row('a planned failover blocks writes, ms', median(blocked), 1000, 0),
  ]);
}

/** Creates a datastore over a group of two shards, with secondaries in two more regions. */
async function createMembers({ url }: LocalApi): Promise<void> {
  const Secondaries = ['eu-west-1', 'ap-southeast-2'].map((ReplicationGroupRegion) => ({
    ReplicationGroupRegion,
    ReplicationGroupId: `bench-${ReplicationGroupRegion}`,
  }));
  await send(`${url}/global-datastores`, {
    GlobalReplicationGroupIdSuffix: 'bench',
    PrimaryReplicationGroupId: 'sessions-use1',
    Secondaries,
  });
  while (!(await isAssociated(url))) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function isAssociated(url: string): Promise<boolean> {
  const { GlobalReplicationGroup } = (await (await fetch(`${url}/global-datastores/ldgnf-bench`)).json()) as {
    readonly GlobalReplicationGroup?: { readonly Status: string; readonly Members: readonly object[] };
  };
  return GlobalReplicationGroup?.Status === 'available' && GlobalReplicationGroup.Members.length === 3;
}

/** Returns the time for which no write was possible, in milliseconds. */
async function failOver(api: LocalApi, PrimaryRegion: string): Promise<number> {
  await send(`${api.url}/global-datastores/ldgnf-bench/failover`, { PrimaryRegion });
  return (await view(api)).Datastores[0]?.LastFailover?.BlockedMs ?? Number.NaN;
}

const view = async ({ emulator }: LocalApi) => (await (await fetch(`${emulator}/_emulator/data-plane`)).json()) as View;

async function send(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', prefer: 'wait=20' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} returned ${response.status}: ${await response.text()}`);
}
