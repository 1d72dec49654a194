import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { mouse } from '../support/inputDevices.ts';
import { writePolicy } from '../support/policy.ts';

// Tests the views of datastores in a real browser, with `npm start` as the API.

describe.skipIf(!browserPath)(`the console${skipReason}`, { timeout: 120_000 }, async () => {
  if (!browserPath) return void it.skip('needs Chromium', () => {});
  const { call, control, open } = await startConsole({ POLICY_FILE: writePolicy({ FailoverReasonRequired: true }) });

  const dialog = (page: Page) => page.getByRole('dialog');
  const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });

  const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] };

  /** Clicks a copy button. Returns the content of the clipboard. */
  async function copyOf(page: Page, name: string): Promise<string> {
    await page.getByRole('button', { name: `Copy ${name}`, exact: true }).click();
    await page.getByText(`Copied: ${name}.`).waitFor();
    return page.evaluate('navigator.clipboard.readText()');
  }

  let inSydney: Promise<string> | undefined;

  /** Returns the id of a datastore with its primary in Sydney and a secondary in Oregon. The tests share it. */
  async function createInSydney(): Promise<string> {
    inSydney ??= createDatastore('sydney', 'carts-apse2', 'ap-southeast-2', 'us-west-2');
    const id = await inSydney;
    const { GlobalReplicationGroup: group } = await call(`GET /global-datastores/${id}`);
    const primary = group.Members.find(({ Role }: { Role: string }) => Role === 'PRIMARY');
    const back = { PrimaryRegion: 'ap-southeast-2', Reason: 'For the next test' };
    if (primary.ReplicationGroupRegion !== back.PrimaryRegion)
      await call(`POST /global-datastores/${id}/failover`, back);
    return id;
  }

  /** Sends requests that are refused, until the audit trail of a datastore has a second page. */
  async function fillAuditTrail(id: string): Promise<void> {
    const refused = () => call(`DELETE /global-datastores/${id}/members/eu-west-1/nobody`).catch(() => {});
    while (!(await call(`GET /global-datastores/${id}/audit`)).Marker)
      await Promise.all(Array.from({ length: 10 }, refused));
  }

  /** Creates a datastore of a primary and a secondary, and returns its id. */
  async function createDatastore(name: string, primary: string, from: string, to: string): Promise<string> {
    const { GlobalReplicationGroup: group } = await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: name,
      PrimaryReplicationGroupId: primary,
      PrimaryReplicationGroupRegion: from,
    });
    const { GlobalReplicationGroupId: id } = group;
    await call(`POST /global-datastores/${id}/members`, {
      ReplicationGroupId: `${name}-2`,
      ReplicationGroupRegion: to,
    });
    return id;
  }

  it('fails over by a remedy after the lag was too high', async () => {
    const id = await createDatastore('lag', 'catalog-euw1', 'eu-west-1', 'us-east-1');
    await control('POST /lag', { Region: 'us-east-1', Seconds: 12 });
    const page = await open(`#/datastores/${id}`);
    await page.getByText('far behind').first().waitFor();

    await page.getByRole('link', { name: 'Fail over', exact: true }).click();
    await dialog(page).getByLabel('Max lag seconds').fill('5');
    await dialog(page).getByLabel('Reason').fill('Incident 4711');
    await dialog(page).getByText('The API would refuse this: 1 check fails.').waitFor();
    await dialog(page).getByText('The writes of the last 12 s before the failover may be lost.').waitFor();
    await dialog(page).getByLabel('to confirm').fill(id);
    await button(page, 'Fail over').click();
    await dialog(page).getByText('The secondary is too far behind the primary').waitFor();

    await dialog(page).getByRole('link', { name: 'Promote a secondary to primary' }).click();
    await dialog(page).getByText('The API would accept this').waitFor();
    expect(await dialog(page).getByLabel('Max lag seconds').inputValue()).toBe('');
    expect(await dialog(page).getByLabel('Reason').inputValue()).toBe('Incident 4711');
    await dialog(page).getByLabel('to confirm').fill(id);
    await button(page, 'Fail over').click();

    await page.getByRole('article', { name: 'us-east-1, primary' }).waitFor();
    await control('POST /lag', { Region: 'us-east-1', Seconds: 0.4 });
  });

  it('shows a violation at its field', async () => {
    const page = await open('#/createGlobalDatastore');
    const suffix = dialog(page).getByLabel('Global replication group id suffix');

    await suffix.fill('9-lives');
    await dialog(page).getByText('GlobalReplicationGroupIdSuffix has the wrong format.').waitFor();
    expect(await suffix.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog(page).getByText('is required').count()).toBe(0);

    await dialog(page)
      .getByText(/^More settings/)
      .first()
      .click();
    const description = dialog(page).getByLabel('Global replication group description');
    await description.fill('Nine');
    await description.fill('');
    expect(await description.isVisible()).toBe(true);

    await button(page, 'Create').click();
    await dialog(page).getByRole('listitem').filter({ hasText: 'PrimaryReplicationGroupId is required.' }).waitFor();
    await page.locator('#field-GlobalReplicationGroupIdSuffix:focus').waitFor();
    const described = await suffix.getAttribute('aria-describedby');
    expect(await page.locator(`#${described?.split(' ')[0]}`).innerText()).toContain('wrong format');

    const { press, fill } = mouse(page);
    await press('Add to secondaries');
    await fill('Secondaries, number 1 > Security group ids', 'sg-1, sg_2');
    const groups = page.getByLabel('Security group ids');
    await dialog(page)
      .locator('.invalid')
      .filter({ has: groups })
      .getByText('SecurityGroupIds[1] must match')
      .waitFor();
  });

  it('shows a change of another client within 3 s, and announces it', async () => {
    const id = await createInSydney();
    const page = await open(`#/datastores/${id}`);
    await page.getByRole('article', { name: 'us-west-2, secondary' }).waitFor();
    await page.getByRole('link', { name: 'Add a region' }).waitFor();

    await call(`POST /global-datastores/${id}/failover`, { PrimaryRegion: 'us-west-2', Reason: 'Elsewhere' });

    await page.getByRole('article', { name: 'us-west-2, primary' }).waitFor({ timeout: 3_000 });
    await page.getByRole('row', { name: /^us-west-2 sydney-2 PRIMARY associated takes the writes$/ }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: `${id} is now available, primary in us-west-2` })
      .waitFor();
  });

  it('shows an operation until its end, also after a reload', async () => {
    const id = await createInSydney();
    const page = await open(`#/datastores/${id}`);
    await page.getByRole('link', { name: 'Drill' }).click();
    await dialog(page).getByLabel('Reason').fill('A drill over a reload');
    await dialog(page).getByText('Hold for 300 s').waitFor();
    await dialog(page).getByLabel('to confirm').fill(id);
    await button(page, 'Start the drill').click();
    const panel = page.getByRole('region', { name: 'Operation' });
    await panel.getByText('Operation in progress: drill').waitFor();

    await page.reload();

    await panel.getByText('Operation in progress: drill').waitFor();
    await panel
      .getByText(/^Hold until/)
      .first()
      .waitFor();
    await page.getByRole('article', { name: 'us-west-2, primary' }).waitFor();
    await panel.getByRole('link', { name: 'Cancel the operation' }).click();
    await dialog(page).getByRole('button', { name: 'Cancel the operation' }).click();
    await panel.getByText('Last operation: drill').waitFor();
    await panel.getByText('succeeded').waitFor();
    await page
      .getByRole('article', { name: 'ap-southeast-2, primary' })
      .getByText('Last drill')
      .waitFor({ state: 'detached' });
    await page.getByRole('article', { name: 'us-west-2, secondary' }).getByText('Last drill').waitFor();
  });

  it('shows which region does not respond', async () => {
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

  it('shows that the network is lost, and recovers', async () => {
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
    const id = await createInSydney();
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

  it('copies the text that each copy button names', async () => {
    const id = await createInSydney();
    const page = await open(`#/datastores/${id}`, clipboard);
    await page.getByText('Connect a client').click();
    const { Snippets } = await call(`GET /global-datastores/${id}/connection`);
    const texts = new Map<string, string>(
      Snippets.map(({ Client, Code }: Record<string, string>) => [`the code for ${Client}`, Code]),
    );
    for (const [region, group] of Object.entries({ 'ap-southeast-2': 'carts-apse2', 'us-west-2': 'sydney-2' })) {
      const { ReplicationGroup } = await call(`GET /replication-groups/${region}/${group}`);
      const [{ PrimaryEndpoint: primary, ReaderEndpoint: reader }] = ReplicationGroup.NodeGroups;
      texts.set(`primary endpoint of ${region}`, `${primary.Address}:${primary.Port}`);
      texts.set(`reader endpoint of ${region}`, `${reader.Address}:${reader.Port}`);
    }

    for (const [name, text] of texts) expect([name, await copyOf(page, name)]).toEqual([name, text]);
    expect(await page.getByRole('button', { name: /^Copy / }).count()).toBe(texts.size);
  });

  it('shows earlier changes, one page of the audit trail at a time', async () => {
    const id = await createInSydney();
    await fillAuditTrail(id);
    const page = await open(`#/datastores/${id}`);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    const [entries, earlier] = [timeline.getByRole('listitem'), timeline.getByRole('button', { name: 'Show earlier' })];
    const creation = entries.filter({ hasText: 'Create a datastore from an existing replication group' });

    await earlier.click();
    await expect.poll(() => entries.count(), { timeout: 10_000 }).toBeGreaterThanOrEqual(100);
    await page.locator('.timeline > :nth-child(13):focus').waitFor();
    expect(await creation.count()).toBe(0);

    await earlier.click();
    await creation.waitFor();
    await earlier.waitFor({ state: 'detached' });
  });

  it('evacuates a region, and shows the progress of each datastore', async () => {
    const id = await createInSydney();
    const page = await open('#/evacuations/', clipboard);
    await page.getByLabel('From region').selectOption('ap-southeast-2');
    await page.getByText('1 datastore has its primary in ap-southeast-2').waitFor();
    await page.getByLabel('Reason').fill('ap-southeast-2 is lost, incident 4711');
    await page.getByText('takes the writes.').first().waitFor();
    await page.getByLabel('to confirm').fill('ap-southeast-2');
    await page.getByRole('button', { name: 'Evacuate' }).click();

    await page.getByText('1 of 1 done').waitFor();
    await page.getByText('Writes go to us-west-2').waitFor();
    expect(await copyOf(page, `the writer of ${id}`)).toMatch(/^sydney-2\..*:6379$/);
    await page.getByRole('link', { name: /-sydney$/ }).click();
    await page
      .getByRole('link', { name: /^evacuation-ap-southeast-2-/ })
      .first()
      .waitFor();
  });
});
