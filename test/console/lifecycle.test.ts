import { describe, expect, it } from 'vitest';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { keyboard, mouse, nameOfFocus } from '../support/inputDevices.ts';
import { writePolicy } from '../support/policy.ts';

// Tests a datastore in the page from creation to deletion: the same steps with the mouse and with the keyboard only.

describe.skipIf(!browserPath)(`the console${skipReason}`, { timeout: 120_000 }, async () => {
  if (!browserPath) return void it.skip('needs Chromium', () => {});
  const { emulator, open } = await startConsole({ POLICY_FILE: writePolicy({ FailoverReasonRequired: true }) });

  it.each([
    ['by clicks', 'life', mouse],
    ['with the keyboard alone', 'keys', keyboard],
  ] as const)('creates, changes and deletes a datastore %s', async (_, name, device) => {
    const nodes = { NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 };
    await emulator.seed(`${name}-use1`, 'us-east-1', nodes);
    const page = await open();
    const { press, fill } = device(page);
    const id = `ldgnf-${name}`;
    const dialog = page.getByRole('dialog');
    const isAccepted = () => dialog.getByText('The API would accept this').waitFor();
    const member = (label: string) => page.getByRole('article', { name: label });
    const send = async (verb: string) => {
      await press(verb);
      await dialog.waitFor({ state: 'detached' });
    };
    const isAvailable = () => page.locator('.head .status').filter({ hasText: 'available' }).waitFor();

    await press('Create a datastore');
    await fill('Global replication group id suffix', name);
    await fill('Primary replication group id', `${name}-use1`);
    await press('Add to secondaries');
    await fill('Replication group id', `${name}-euw1`);
    await fill('Replication group region', 'eu-west-1');
    await isAccepted();
    await send('Create');
    await page.getByRole('heading', { name: id, level: 1 }).waitFor();
    await page.getByText('It has reached its goal.').waitFor();
    await member('eu-west-1, secondary').waitFor();

    await press('Add a region');
    await fill('Replication group id', `${name}-apse2`);
    await fill('Replication group region', 'ap-southeast-2');
    await send('Add the region');
    await member('ap-southeast-2, secondary').waitFor();
    await isAvailable();

    await press('Change ap-southeast-2');
    await fill('Replicas per node group', '2');
    await isAccepted();
    await send('Change the member');
    await member('ap-southeast-2, secondary').getByText('6 in 2 shards').waitFor();
    await isAvailable();

    await press('Fail over to eu-west-1');
    await dialog.getByText('The API would refuse this: 1 check fails.').waitFor();
    await fill('Reason', 'A walk through the page');
    await isAccepted();
    await press('Fail over');
    await dialog.getByText(`Service or data is at stake. Type ${id}.`).waitFor();
    await fill(`Type ${id} to confirm`, id);
    await send('Fail over');
    await member('eu-west-1, primary').waitFor();
    await isAvailable();
    await page.getByText('A walk through the page').waitFor();

    await press('Scale');
    await fill('Node group count', '3');
    await send('Scale');
    await page.getByRole('rowheader', { name: `${id}-0003` }).waitFor();
    await isAvailable();

    await press('Modify');
    await fill('Cache node type', 'cache.r7g.xlarge');
    await isAccepted();
    await send('Modify');
    await page.locator('.summary').getByText('cache.r7g.xlarge').waitFor();
    await isAvailable();

    await press('Detach ap-southeast-2');
    await dialog.getByText('It cannot become a secondary again.').waitFor();
    await fill(`Type ${name}-apse2 to confirm`, `${name}-apse2`);
    await send('Detach');
    await member('ap-southeast-2, secondary').waitFor({ state: 'detached' });
    await isAvailable();

    await press('Delete');
    await fill('Detach secondaries', 'yes');
    await isAccepted();
    await fill(`Type ${id} to confirm`, id);
    await send('Delete');
    await page.getByText('This datastore does not exist, or no longer.').waitFor();
    await page.getByText(`Replication group ${name}-euw1 in eu-west-1`).waitFor();

    await press('Datastores');
    await page.getByText(/^\d+ of \d+ datastores|There are no datastores yet/).waitFor();
    expect(await page.getByRole('link', { name: id }).count()).toBe(0);
  });

  it('restores the focus when Escape closes a form', async () => {
    const page = await open();
    const { press, fill } = keyboard(page);
    await press('Create a datastore');
    await page.getByRole('dialog').waitFor();
    await fill('Global replication group id suffix', 'x');

    await page.keyboard.press('Escape');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(nameOfFocus)).toBe('Create a datastore');
  });
});
