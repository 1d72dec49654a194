import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { browserPath, skipReason } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';

// Tests of each view: accessibility in both colour schemes, no horizontal scrolling, the size of the first load.
// PICTURES=1 also writes the pictures of the docs.

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const schemes = ['light', 'dark'] as const;
const pictures = process.env.PICTURES ? 'docs/images' : undefined;

describe.skipIf(!browserPath)(`each view of the console${skipReason}`, { timeout: 120_000 }, async () => {
  if (!browserPath) return void it.skip('needs Chromium', () => {});
  const { call, control, emulator, open } = await startConsole();

  beforeAll(async () => {
    const secondary = (name: string, place: string, region: string) => ({
      ReplicationGroupId: `${name}-${place}`,
      ReplicationGroupRegion: region,
    });
    const { OperationId } = await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: 'sessions',
      PrimaryReplicationGroupId: 'sessions-use1',
      Secondaries: [secondary('sessions', 'euw1', 'eu-west-1'), secondary('sessions', 'apse2', 'ap-southeast-2')],
    });
    await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: 'orders',
      PrimaryReplicationGroupId: 'orders-use1',
    });
    await call('POST /global-datastores/ldgnf-orders/members', secondary('orders', 'usw2', 'us-west-2'));
    await call('POST /global-datastores', {
      GlobalReplicationGroupIdSuffix: 'catalog',
      PrimaryReplicationGroupId: 'catalog-euw1',
      PrimaryReplicationGroupRegion: 'eu-west-1',
    });
    await call(`GET /operations/${OperationId}`);
    await control('POST /lag', { Region: 'eu-west-1', Seconds: 3.2 });
    if (pictures) await mkdir(pictures, { recursive: true });
  });

  /** Expects no violations of axe in any colour scheme. Writes a picture in each scheme with PICTURES=1. */
  async function expectAccessible(page: Page, picture?: string, part = 'html'): Promise<void> {
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await expectNoViolations(page, part, colorScheme === 'light' ? {} : { runOnly: ['cat.color'] }); // only colours differ
      const shown = part === 'dialog' ? page.getByRole('dialog') : page;
      if (pictures && picture) await shown.screenshot({ path: `${pictures}/${picture}-${colorScheme}.png` });
    }
  }

  async function expectNoViolations(page: Page, part: string, rules: object = {}): Promise<void> {
    if (await page.evaluate('!globalThis.axe')) await page.evaluate(await axe);
    const { passes, violations } = await page.evaluate<AxeResults>(`axe.run('${part}', ${JSON.stringify(rules)})`);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }

  const viewport = { width: 1120, height: 860 };

  /** Expects no horizontal scrolling and no overlaps on narrow and wide screens. Runs `check` at each width. */
  async function expectToFit(page: Page, check: () => Promise<void> = async () => {}): Promise<void> {
    for (const width of [360, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.evaluate(overflows), { message: `at ${width} px` }).toEqual([]);
      await expect.poll(() => page.evaluate(overlaps), { message: `at ${width} px` }).toEqual([]);
      await check();
    }
    await page.setViewportSize(viewport);
  }

  it('is accessible and fits: the list', async () => {
    const page = await open('', { viewport });
    await page.getByText('3 of 3 datastores').waitFor();

    await expectAccessible(page, 'list');
    await expectToFit(page);
  });

  /** Copies datastores until there are `count`, for a test. The copies are last in the order of the ids. */
  function copyDatastores(count: number): void {
    const { store } = emulator;
    const originals = store.listGlobalGroups();
    for (let copy = originals.length; copy < count; copy++) {
      const original = originals[copy % originals.length] as (typeof originals)[number];
      const id = `zz${copy}-${original.id}`;
      store.addGlobalGroup({ ...original, id });
      onTestFinished(() => store.removeGlobalGroup(id));
    }
  }

  it('filters and sorts the list, and shows it in pages', async () => {
    const page = await open();
    const ids = page.getByRole('rowheader');
    await page.getByText('3 of 3 datastores').waitFor();

    await page.getByLabel('Region').selectOption('eu-west-1');
    await page.getByText('2 of 3 datastores').waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    expect(await ids.allInnerTexts()).toEqual(['ldgnf-sessions', expect.stringContaining('-catalog')]);
    await page.getByLabel('Name').fill('CATA');
    await page.getByText('1 of 3 datastores').waitFor();

    copyDatastores(60);
    await page.reload();
    await page.getByText('60 of 60 datastores').waitFor();
    expect(await ids.count()).toBe(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2 of 2').waitFor();
    expect(await ids.count()).toBe(10);
  });

  it('lets the API filter more datastores than the page reads', async () => {
    copyDatastores(520);
    const page = await open();
    await page.getByText('500 of the first 500 datastores').waitFor();

    await page.getByLabel('Name').fill('zz519');
    await page.getByText('1 of 1 datastores whose names begin with zz519').waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual([expect.stringMatching(/^zz519-/)]);
    await page.getByLabel('Name').fill('');
    await page.getByLabel('Region').selectOption('eu-west-1');
    await page.getByLabel('Status').selectOption('primary-only');
    await page.getByText('174 of 174 datastores').waitFor(); // a third of all datastores
    await page.getByLabel('Status').selectOption('creating'); // no datastore has this status
    await page.getByText('0 of 0 datastores').waitFor();

    await page.getByRole('link', { name: 'Evacuation' }).click();
    await page.getByLabel('From region').selectOption('eu-west-1');
    await page.getByText('174 datastores have their primary in eu-west-1').waitFor();
  });

  it('is accessible and fits: a datastore', async () => {
    const page = await open('#/datastores/ldgnf-sessions', { viewport });
    await page.getByText('a little behind').first().waitFor();
    await page.getByRole('button', { name: 'Copy configuration endpoint of eu-west-1' }).waitFor();
    await page.getByText('in step').first().waitFor();
    await expectAccessible(page, 'datastore');
    await page.getByText('Connect a client').click();
    await page.getByRole('heading', { name: 'redis-cli' }).waitFor();

    await expectAccessible(page);
    await expectToFit(page);
  });

  it('is accessible and fits: the forms', async () => {
    const page = await open('', { viewport });
    const dialog = page.getByRole('dialog');
    for (const path of ['#/createGlobalDatastore', `#/datastores/ldgnf-sessions/removeMember?${values(member)}`]) {
      await page.evaluate(`location.hash = '${path}'`);
      await dialog.getByText(/The API would|The plan comes/).waitFor();
      for (const more of await dialog.getByText(/^More settings/).all()) await more.click();
      await dialog.locator('button[type=submit]').click();

      await expectAccessible(page, undefined, 'dialog');
      await expectToFit(page);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  });

  it('is accessible and fits: a failover', async () => {
    const page = await open(
      `#/datastores/ldgnf-sessions/failoverGlobalDatastore?${values({ PrimaryRegion: 'eu-west-1' })}`,
      { viewport },
    );
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Max lag seconds').fill('5');
    await dialog.getByLabel('Reason').fill('us-east-1 is impaired, incident 4711');
    await dialog.getByText('The writes of the last 3.2 s before the failover may be lost.').waitFor();
    await dialog.getByText('The API would accept this').waitFor();

    await expectAccessible(page, 'failover', 'dialog');
    await expectToFit(page, () => expectNoViolations(page, 'dialog'));
  });

  it('is accessible and fits: a running operation, and has no animation with reduced motion', async () => {
    await call('POST /global-datastores/ldgnf-sessions/drills', {
      PrimaryRegion: 'eu-west-1',
      HoldSeconds: 600,
      Reason: 'Drill of November',
    });
    const page = await open('#/datastores/ldgnf-sessions', { viewport, reducedMotion: 'reduce' });
    await page.getByText(/^Hold/).first().waitFor();
    await page.getByRole('button', { name: 'Copy configuration endpoint of eu-west-1' }).waitFor();

    await expectAccessible(page, 'operation');
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await page.evaluate('document.getAnimations().length')).toBe(1);
  });

  it('is accessible and fits: an evacuation', async () => {
    const page = await open('#/evacuations/', { viewport });
    await page.getByLabel('From region').selectOption('eu-west-1');
    await page.getByText('ldgnf-sessions').first().waitFor();
    await expectAccessible(page);
    await page.getByLabel('Reason').fill('eu-west-1 is lost');
    await page.getByLabel('to confirm').fill('eu-west-1');
    await page.getByRole('button', { name: 'Evacuate' }).click();
    await page.getByRole('region', { name: 'Progress' }).getByText('refused').waitFor();

    await expectAccessible(page);
    await expectToFit(page);
  });

  it('shows times in the zone of the browser, and in UTC', async () => {
    const page = await open('#/datastores/ldgnf-orders', { timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
    const time = page.getByRole('region', { name: 'Timeline' }).getByRole('time').first();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const textIn = (timeZone: string) => at.toLocaleTimeString('en-GB', { timeZone });

    expect(await time.innerText()).toContain(textIn('Asia/Tokyo'));
    expect(await time.getAttribute('title')).toContain(`${textIn('UTC')} UTC`);
    await page.getByRole('button', { name: 'Times in UTC' }).click();
    await time.filter({ hasText: `${textIn('UTC')} UTC` }).waitFor();
  });

  it('loads at most 60 KB for the first view', async () => {
    const page = await open();
    await page.getByRole('table').waitFor();

    const bytes = await page.evaluate<number>(`
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ name }) => /\\/(console\\/[^/]+)?$/.test(new URL(name).pathname))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`);

    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(60 * 1024);
  });
});

const member = { ReplicationGroupRegion: 'eu-west-1', ReplicationGroupId: 'sessions-euw1' };

/** The page and the dialogs whose content is wider than they are. */
const overflows = `[document.documentElement, ...document.querySelectorAll('dialog')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ localName, scrollWidth, clientWidth }) => localName + ': ' + scrollWidth + ' in ' + clientWidth)`;

/** The texts and controls that overlap by more than 2 × 6 px, more than lines of a text do. Ignores clipped parts of texts. */
const overlaps = `(() => {
  const root = document.querySelector('dialog') ?? document.body;
  const intersect = (a, b) => ({
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const clip = (rect, element) => {
    for (; element !== root; element = element.parentElement)
      if (getComputedStyle(element).overflow !== 'visible') rect = intersect(rect, element.getBoundingClientRect());
    return rect;
  };
  const rectsOf = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()];
  };
  const controls = [...root.querySelectorAll('input, select, button, a.button')];
  const boxes = controls.map((element) => ({ element, rect: element.getBoundingClientRect() }));
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest('svg, option, .visually-hidden, .announcement, .skip')) continue;
    for (const rect of rectsOf(texts.currentNode)) boxes.push({ element, rect: clip(rect, element) });
  }
  const visible = boxes.filter(({ element }) => element.checkVisibility());
  const covers = (a, b) => {
    const { left, right, top, bottom } = intersect(a.rect, b.rect);
    return right - left > 2 && bottom - top > 6 && !a.element.contains(b.element) && !b.element.contains(a.element);
  };
  const name = ({ element }) => element.outerHTML.slice(0, 100);
  return visible.flatMap((a, index) =>
    visible.slice(index + 1).flatMap((b) => (covers(a, b) ? [name(a) + ' and ' + name(b)] : [])),
  );
})()`;

function values(input: object): string {
  return encodeURIComponent(JSON.stringify(input));
}

interface AxeResults {
  readonly passes: readonly { readonly id: string }[];
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
