import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { fetchByContract } from '../support/contract.ts';
import { nasties } from '../support/nasty.ts';
import { freePort, started } from '../support/npmStart.ts';

const { url } = await started([], { PORT: String(await freePort()) });

describe('the API behind the front', () => {
  const sendable = nasties.filter(({ what, options }) => !options?.headers && !/^the (path|method) /.test(what));

  it('refuses over the wire what means no good, in good order', async () => {
    for (const { request, options = {}, statuses } of sendable) {
      const [method = '', target = ''] = request.split(' ');
      const { raw = JSON.stringify(options.body) } = options;
      const body = options.isBase64Encoded ? Buffer.from(raw, 'base64') : raw;
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };

      const answer = await fetchByContract(`${url}${target}`, { method, headers, body: body ?? null });

      expect(statuses).toContain(answer.status);
    }
  }, 120_000);

  it('answers a problem with a type that explains it', async () => {
    const problem = await (await fetchByContract(`${url}/global-datastores/ldgnf-nobody`)).json();
    const { type, code, title } = problem as { type: string; code: string; title: string };

    const explained = await (await fetchByContract(type)).json();

    expect(type).toBe(`${url}/problems/GlobalReplicationGroupNotFoundFault`);
    expect(explained).toMatchObject({ Problem: { Code: code, Title: title } });
  });

  it('shows its contract', async () => {
    expect(await (await fetchByContract(`${url}/openapi.json`)).json()).toEqual(openapi);
  });
});

const browserAt = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const why = browserAt ? '' : ' (not run: no Chromium here; apt-get install chromium)';

describe.skipIf(!browserAt)(`the reference page${why}`, () => {
  const asked: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({
      ...(browserAt && { executablePath: browserAt }),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${url}/docs`);
    await page.getByText('Introduction').first().waitFor({ timeout: 60_000 });
  }, 120_000);

  afterAll(() => browser?.close());

  it('shows each operation of the contract', async () => {
    const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => ({ id: `/${method.toUpperCase()}${path}`, summary })),
    );

    const [text, html] = [await page.locator('body').textContent(), await page.content()];

    expect(operations.filter(({ summary }) => !text?.includes(summary))).toEqual([]);
    expect(operations.filter(({ id }) => !html.includes(`${id}"`))).toEqual([]);
  });

  it('sends a request to the API and shows the answer', async () => {
    await page.getByText('Create a datastore from an existing replication group').first().click();
    await page.getByRole('button', { name: 'Test Request (post /global-datastores)' }).click();
    await page.getByRole('button', { name: 'Send post request' }).click();

    await page.getByText('202 Accepted').waitFor();
    await page.getByText('"ldgnf-orders"').first().waitFor();
    expect((await fetchByContract(`${url}/global-datastores/ldgnf-orders`)).status).toBe(200);
  }, 60_000);

  it('asks no other host for anything', () => {
    const others = asked.filter((address) => !address.startsWith(`${url}/`) && !/^(data|blob):/.test(address));

    expect(asked.length).toBeGreaterThan(3);
    expect(others).toEqual([]);
  });
});
