import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';

// What the page shows of changes that go on, and what it does when responses are lost.

describe.skipIf(!browserPath)(`the console${skipReason}`, async () => {
  if (!browserPath) return;
  const { call, control, open } = await startConsole();

  const dialog = (page: Page) => page.getByRole('dialog');
  const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });

  /** Creates a datastore of a primary and a secondary, and returns its id. */
  async function create(suffix: string, primary: string, region: string): Promise<string> {
    const { GlobalReplicationGroup: group } = await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: suffix,
      PrimaryReplicationGroupId: primary,
      PrimaryReplicationGroupRegion: region,
    });
    const { GlobalReplicationGroupId: id } = group;
    await call(`POST /global-datastores/${id}/members`, {
      ReplicationGroupId: `${suffix}-usw2`,
      ReplicationGroupRegion: 'us-west-2',
    });
    return id;
  }

  let inSydney: Promise<string> | undefined;

  /** Creates a datastore whose primary is in Sydney, once for all tests. */
  function createInSydney(): Promise<string> {
    inSydney ??= create('sydney', 'carts-apse2', 'ap-southeast-2');
    return inSydney;
  }

  it('shows a change made elsewhere within 3 s, and says it', async () => {
    const id = await create('elsewhere', 'orders-use1', 'us-east-1');
    const page = await open(`#/datastores/${id}`);
    await page.getByRole('article', { name: 'us-west-2, secondary' }).waitFor();
    await page.getByRole('link', { name: 'Add a region' }).waitFor();

    await call(`POST /global-datastores/${id}/failover`, { PrimaryRegion: 'us-west-2' });

    await page.getByRole('article', { name: 'us-west-2, primary' }).waitFor({ timeout: 3_000 });
    await page
      .getByRole('status')
      .filter({ hasText: `${id} is now available, primary in us-west-2` })
      .waitFor();
  });

  it('follows an operation to its end over a reload', async () => {
    const page = await open('#/createGlobalDatastore');
    await dialog(page).getByLabel('Global replication group id suffix').fill('reload');
    await dialog(page).getByLabel('Primary replication group id').fill('sessions-use1');
    for (const [number, id, region] of [
      [1, 'reload-euw1', 'eu-west-1'],
      [2, 'reload-apse2', 'ap-southeast-2'],
    ] as const) {
      await button(page, 'Add to secondaries').click();
      const secondary = dialog(page).getByRole('group', { name: `Secondaries, number ${number}` });
      await secondary.getByLabel('Replication group id').fill(id);
      await secondary.getByLabel('Replication group region').fill(region);
    }
    await button(page, 'Create').click();
    const panel = page.getByRole('region', { name: 'Operation' });
    await panel.getByText('Operation in progress: create').waitFor();

    await page.reload();

    await panel.getByText('Operation in progress: create').waitFor();
    await panel
      .getByText(/^Create ap-southeast-2\/reload-apse2 as a secondary/)
      .first()
      .waitFor();
    await panel.getByText('It has reached its goal.').waitFor();
    await page.getByRole('article', { name: 'ap-southeast-2, secondary' }).waitFor();
  });

  it('cancels an operation', async () => {
    const id = await createInSydney();
    const page = await open(`#/datastores/${id}`);
    await page.getByRole('link', { name: 'Drill' }).click();
    await dialog(page).getByLabel('Reason').fill('A drill that is cancelled');
    await dialog(page).getByText('Hold for 300 s').waitFor();
    await dialog(page).getByLabel('to confirm').fill(id);
    await button(page, 'Start the drill').click();
    const panel = page.getByRole('region', { name: 'Operation' });
    await panel.getByText('Operation in progress: drill').waitFor();
    await panel.getByText(/^Hold/).first().waitFor();

    await panel.getByRole('link', { name: 'Cancel the operation' }).click();
    await dialog(page).getByRole('button', { name: 'Cancel the operation' }).click();

    await panel.getByText('Last operation: drill').waitFor();
    await page.getByText('A drill that is cancelled').first().waitFor();
  });

  it('says which region does not answer', async () => {
    await control('POST /faults', {
      Action: 'DescribeGlobalReplicationGroups',
      Region: 'ap-southeast-2',
      Network: 'reset',
      Times: 1000,
    });
    onTestFinished(() => control('DELETE /faults'));
    const page = await open();

    await page.getByText('Not all of it is here.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'ap-southeast-2' }).waitFor();
    await page.getByRole('table').waitFor();
  });

  it('says that the network is lost, and recovers', async () => {
    const page = await open();
    await page.getByRole('table').waitFor();

    await page.context().setOffline(true);
    await page.getByRole('alert').filter({ hasText: 'The API has not responded since' }).waitFor();
    expect(await page.getByRole('table').isVisible()).toBe(true);

    await page.context().setOffline(false);
    await page.getByText('The API responds again.').waitFor();
    await page.getByText('The API has not responded since').waitFor({ state: 'detached' });
  });

  it('resolves a lost response after a reload: the same change under the same key', async () => {
    const { GlobalReplicationGroup } = await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: 'lost',
      PrimaryReplicationGroupId: 'catalog-euw1',
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });
    const { GlobalReplicationGroupId: id } = GlobalReplicationGroup;
    const page = await open(`#/datastores/${id}/modifyGlobalDatastore`);
    const keys: (string | undefined)[] = [];
    let isLost = true;
    await page.route(`**/global-datastores/${id}`, async (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      const { 'idempotency-key': key, 'if-match': ifMatch } = route.request().headers();
      keys.push(key);
      expect(ifMatch).toMatch(/^"[\w-]+"$/);
      const response = await route.fetch();
      return isLost ? route.abort() : route.fulfill({ response });
    });
    await dialog(page).getByLabel('Cache node type').fill('cache.r7g.xlarge');
    await dialog(page).getByText('The API would accept this').waitFor();
    await button(page, 'Modify').click();
    await expect.poll(() => keys.length, { timeout: 10_000 }).toBeGreaterThan(0);

    await page.reload();
    isLost = false;
    await page.getByText('No response to: Change one property of a datastore').waitFor();
    await page.getByRole('button', { name: 'Send again under its key' }).click();

    await page.getByText('It had been accepted: Change one property of a datastore').waitFor();
    expect(new Set(keys).size).toBe(1);
    const { AuditEntries } = await call(`GET /global-datastores/${id}/audit`);
    expect(AuditEntries.filter(({ Route }: { Route: string }) => Route.startsWith('PATCH'))).toHaveLength(1);
  });

  it('evacuates a region, and shows the progress of each datastore', async () => {
    await createInSydney();
    const page = await open('#/evacuations/');
    await page.getByLabel('From region').selectOption('ap-southeast-2');
    await page.getByText('1 datastore has its primary in ap-southeast-2').waitFor();
    await page.getByLabel('Reason').fill('ap-southeast-2 is lost, incident 4711');
    await page.getByText('takes the writes.').first().waitFor();
    await page.getByLabel('to confirm').fill('ap-southeast-2');
    await page.getByRole('button', { name: 'Evacuate' }).click();

    await page.getByText('1 of 1 done').waitFor();
    await page.getByText('Writes go to us-west-2').waitFor();
  });
});
