import { setTimeout as sleep } from 'node:timers/promises';
import { CreateReplicationGroupCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { chromium, type Page } from 'playwright-core';
import { browserPath } from '../test/support/browser.ts';
import { type LocalApi, startLocalApi } from './localApi.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';

/** The number of datastores in the list, and the number of times that it is opened. */
const [datastores, rounds] = [200, 5];

/** Measures the list of the console beside its target. Returns a table, or the reason for its absence. */
export async function measureConsoleList(): Promise<string> {
  if (!browserPath) return 'The console is not measured: Chromium is not installed.';
  const api = await startLocalApi();
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (let index = 0; index < datastores; index++) await createDatastore(api, `list${index}`);
    const page = await browser.newPage();
    const times: Times[] = [];
    for (let round = 0; round < rounds; round++) times.push(await openList(page, api.url));
    return markdown([
      row('rows are shown, s after the page is requested', median(times.map(({ shown }) => shown)), 1),
      row('all rows are there', median(times.map(({ all }) => all)), undefined),
      row('a filter has its rows, s after the key', median(times.map(({ filtered }) => filtered)), 1),
    ]);
  } finally {
    await browser.close();
    await api.end();
  }
}

/** Times in seconds. */
interface Times {
  readonly shown: number;
  readonly all: number;
  readonly filtered: number;
}

async function openList(page: Page, url: string): Promise<Times> {
  await page.goto('about:blank');
  const openedAt = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('tbody tr').nth(10).waitFor();
  const shown = performance.now() - openedAt;
  await page.getByText(`${datastores} of ${datastores} datastores`).waitFor();
  const all = performance.now() - openedAt;
  const typedAt = performance.now();
  await page.getByRole('searchbox').fill('list19');
  await page.getByText(`11 of ${datastores} datastores`).waitFor();
  return { shown: shown / 1000, all: all / 1000, filtered: (performance.now() - typedAt) / 1000 };
}

const row = (name: string, seconds: number, target: number | undefined) => ({
  [`list of ${datastores} datastores in the console`]: name,
  now: seconds.toFixed(1),
  target: target ? `≤ ${target}` : '',
  reached: target ? (seconds <= target ? '✓' : '✗') : '',
});

/** Creates a datastore of one node over a replication group of its own. */
async function createDatastore({ url, emulator }: LocalApi, name: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const elastiCache = new ElastiCacheClient({ region: 'us-east-1', endpoint: emulator, credentials });
  const group = { ReplicationGroupId: name, ReplicationGroupDescription: name, Engine: 'valkey' };
  await elastiCache.send(new CreateReplicationGroupCommand({ ...group, CacheNodeType: 'cache.r7g.large' }));
  const body = JSON.stringify({ GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId: name });
  for (let tries = 0; tries < 100; tries++) {
    const headers = { 'content-type': 'application/json' };
    const { ok } = await fetch(`${url}/global-datastores`, { method: 'POST', headers, body });
    if (ok) return;
    await sleep(100); // the group is not available yet
  }
  throw new Error(`${name} cannot be created.`);
}
