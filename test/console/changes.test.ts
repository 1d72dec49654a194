import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';

// What people do with datastores in the page: `npm start` behind a real browser.

describe.skipIf(!browserPath)(`the console${skipReason}`, async () => {
  if (!browserPath) return;
  const policy = join(await mkdtemp(join(tmpdir(), 'console-')), 'policy.json');
  await writeFile(policy, JSON.stringify({ FailoverReasonRequired: true }));
  const { call, control, open } = await startConsole({ POLICY_FILE: policy });

  const dialog = (page: Page) => page.getByRole('dialog');
  const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
  const status = (page: Page, text: string) => page.locator('.head .status').filter({ hasText: text });

  it('leads a datastore through its whole life by clicks', async () => {
    const page = await open();

    await page.getByRole('link', { name: 'Create a datastore' }).click();
    await dialog(page).getByLabel('Global replication group id suffix').fill('life');
    await dialog(page).getByLabel('Primary replication group id').fill('sessions-use1');
    await button(page, 'Add to secondaries').click();
    const secondary = dialog(page).getByRole('group', { name: 'Secondaries, number 1' });
    await secondary.getByLabel('Replication group id').fill('life-euw1');
    await secondary.getByLabel('Replication group region').fill('eu-west-1');
    await dialog(page).getByText('The API would accept this').waitFor();
    await button(page, 'Create').click();

    await heading(page, 'ldgnf-life').waitFor();
    await page.getByText('It has reached its goal.').waitFor();
    await page.getByRole('article', { name: 'eu-west-1, secondary' }).waitFor();

    await page.getByRole('link', { name: 'Add a region' }).click();
    await dialog(page).getByLabel('Replication group id').fill('life-apse2');
    await dialog(page).getByLabel('Replication group region').fill('ap-southeast-2');
    await button(page, 'Add the region').click();
    await page.getByRole('article', { name: 'ap-southeast-2, secondary' }).waitFor();
    await status(page, 'available').waitFor();

    await page.getByRole('link', { name: 'Scale' }).click();
    await dialog(page).getByLabel('Node group count').fill('3');
    await button(page, 'Scale').click();
    await page.getByRole('rowheader', { name: 'ldgnf-life-0003' }).waitFor();
    await status(page, 'available').waitFor();

    await page.getByRole('link', { name: 'Modify' }).click();
    await dialog(page).getByLabel('Cache node type').fill('cache.r7g.xlarge');
    await dialog(page).getByText('The API would accept this').waitFor();
    await button(page, 'Modify').click();
    await page.getByText('cache.r7g.xlarge').first().waitFor();
    await status(page, 'available').waitFor();

    await page.getByRole('link', { name: 'Fail over to eu-west-1' }).click();
    await dialog(page).getByText('The API would refuse this: 1 check fails.').waitFor();
    await dialog(page).getByLabel('Reason required').fill('A walk through the page');
    await dialog(page).getByText('The API would accept this').waitFor();
    await button(page, 'Fail over').click();
    await dialog(page).getByText('Service or data is at stake. Type ldgnf-life.').waitFor();
    await dialog(page).getByLabel('to confirm').fill('ldgnf-life');
    await button(page, 'Fail over').click();
    await page.getByRole('article', { name: 'eu-west-1, primary' }).waitFor();
    await status(page, 'available').waitFor();
    await page.getByText('A walk through the page').waitFor();

    await page.getByRole('link', { name: 'Detach ap-southeast-2' }).click();
    await dialog(page).getByText('It cannot become a secondary again.').waitFor();
    await dialog(page).getByLabel('to confirm').fill('life-apse2');
    await button(page, 'Detach').click();
    await page.getByRole('article', { name: 'ap-southeast-2, secondary' }).waitFor({ state: 'detached' });
    await status(page, 'available').waitFor();

    await page.getByRole('link', { name: 'Delete', exact: true }).click();
    await dialog(page).getByLabel('Detach secondaries').selectOption('yes');
    await dialog(page).getByText('The API would accept this').waitFor();
    await dialog(page).getByLabel('to confirm').fill('ldgnf-life');
    await button(page, 'Delete').click();
    await page.getByText('This datastore does not exist, or no longer.').waitFor();
    await page.getByText('Replication group life-euw1 in eu-west-1').waitFor();

    await page.getByRole('link', { name: 'Datastores' }).first().click();
    await page.getByText('There are no datastores yet.').waitFor();
  });

  it('creates, fails over and deletes a datastore with the keyboard alone', async () => {
    const page = await open();
    const focused = () => page.evaluate<string>(nameOfFocus);
    /** Moves the focus with Tab until it is on an element with this name. */
    const tabTo = async (name: RegExp) => {
      for (let step = 0; step < 60; step++) {
        if (name.test(await focused())) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab reaches no ${name}.`);
    };
    const type = async (name: RegExp, text: string) => {
      await tabTo(name);
      await page.keyboard.type(text);
    };
    const press = async (name: RegExp) => {
      await tabTo(name);
      await page.keyboard.press('Enter');
    };
    await heading(page, 'Datastores').waitFor();

    await press(/^Create a datastore/);
    await dialog(page).getByLabel('Global replication group id suffix').waitFor();
    await type(/^Global replication group id suffix/, 'keys');
    await type(/^Primary replication group id/, 'orders-use1');
    await press(/^Add to secondaries/);
    await type(/^Replication group id/, 'keys-euw1');
    await type(/^Replication group region/, 'eu-west-1');
    await press(/^Create$/);
    await heading(page, 'ldgnf-keys').waitFor();
    await page.getByText('It has reached its goal.').waitFor();

    await press(/^Fail over$/);
    await dialog(page).getByLabel('to confirm').waitFor();
    await type(/^Reason/, 'With the keyboard');
    await type(/to confirm$/, 'ldgnf-keys');
    await press(/^Fail over$/);
    await page.getByRole('article', { name: 'eu-west-1, primary' }).waitFor();
    await status(page, 'available').waitFor();

    await press(/^Delete$/);
    await dialog(page).getByLabel('to confirm').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await focused()).toBe('Delete');

    await page.keyboard.press('Enter');
    await type(/^Detach secondaries/, 'yes');
    await type(/to confirm$/, 'ldgnf-keys');
    await press(/^Delete$/);
    await page.getByText('This datastore does not exist, or no longer.').waitFor();
  });

  it('fails over by a remedy after the lag was too high', async () => {
    const { GlobalReplicationGroup } = await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: 'lag',
      PrimaryReplicationGroupId: 'catalog-euw1',
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });
    const { GlobalReplicationGroupId: id } = GlobalReplicationGroup;
    await call(`POST /global-datastores/${id}/members`, {
      ReplicationGroupId: 'lag-use1',
      ReplicationGroupRegion: 'us-east-1',
    });
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

  it('shows a violation at its field, and what would be right', async () => {
    const page = await open('#/createGlobalDatastore');
    const suffix = dialog(page).getByLabel('Global replication group id suffix');

    await suffix.fill('9-lives');
    await dialog(page).getByText('GlobalReplicationGroupIdSuffix has the wrong format.').waitFor();
    expect(await suffix.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog(page).getByText('is required').count()).toBe(0);

    await button(page, 'Create').click();
    await dialog(page).getByRole('listitem').filter({ hasText: 'PrimaryReplicationGroupId is required.' }).waitFor();
    await page.locator('#field-GlobalReplicationGroupIdSuffix:focus').waitFor();
    const described = await suffix.getAttribute('aria-describedby');
    expect(await page.locator(`#${described?.split(' ')[0]}`).innerText()).toContain('wrong format');
  });
});

/** The accessible name of the element with the focus, as far as this page needs it. */
const nameOfFocus = `(({ ariaLabel, labels, innerText }) => (ariaLabel ?? labels?.[0]?.innerText ?? innerText).trim())(document.activeElement)`;
