import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { browserPath, skipReason } from '../support/browser.ts';
import { fetchByContract } from '../support/contract.ts';
import { nasties } from '../support/nasty.ts';
import { findFreePort, startLocalApi } from '../support/npmStart.ts';

const { url } = await startLocalApi([], { PORT: String(await findFreePort()) });

describe('the API beside the pages', () => {
  // Requests that an HTTP client can send, and that API Gateway does not reject itself.
  const sendable = nasties.filter(
    ({ what, request, options }) =>
      !options?.headers &&
      !/^the (path|method) /.test(what) &&
      request.length < 8_000 &&
      !/%25(?![\da-f]{2})/i.test(request),
  );

  it('rejects malformed and hostile requests with the documented statuses', async () => {
    for (const { request, options = {}, statuses } of sendable) {
      const [method = '', target = ''] = request.split(' ');
      const { raw = JSON.stringify(options.body) } = options;
      const body = options.isBase64Encoded ? Buffer.from(raw, 'base64') : raw;
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };

      const response = await fetchByContract(`${url}${target}`, { method, headers, body: body ?? null });

      expect(statuses).toContain(response.status);
    }
  }, 120_000);

  it('returns problems whose type URL describes the problem', async () => {
    const problem = await (await fetchByContract(`${url}/global-datastores/ldgnf-nobody`)).json();
    const { type, code, title } = problem as { type: string; code: string; title: string };

    const description = await (await fetchByContract(type)).json();

    expect(type).toBe(`${url}/problems/GlobalReplicationGroupNotFoundFault`);
    expect(description).toMatchObject({ Problem: { Code: code, Title: title } });
  });

  it('serves its OpenAPI document', async () => {
    expect(await (await fetchByContract(`${url}/openapi.json`)).json()).toEqual(openapi);
  });
});

describe.skipIf(!browserPath)(`the reference page${skipReason}`, () => {
  const requestedUrls: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({
      ...(browserPath && { executablePath: browserPath }),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('request', (request) => requestedUrls.push(request.url()));
    await page.goto(`${url}/docs`);
    await page.getByText('Introduction').first().waitFor({ timeout: 60_000 });
  }, 120_000);

  afterAll(() => browser?.close());

  it('shows every operation of the OpenAPI document', async () => {
    const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => ({ id: `/${method.toUpperCase()}${path}`, summary })),
    );

    const [text, html] = [await page.locator('body').textContent(), await page.content()];

    expect(operations.filter(({ summary }) => !text?.includes(summary))).toEqual([]);
    expect(operations.filter(({ id }) => !html.includes(`${id}"`))).toEqual([]);
  });

  it('sends a request to the API and shows the response', async () => {
    await page.getByText('Create a datastore from an existing replication group').first().click();
    await page.getByRole('button', { name: 'Test Request (post /global-datastores)' }).click();
    await page.getByRole('button', { name: 'Send post request' }).click();

    await page.getByText('202 Accepted').waitFor();
    await page.getByText('"ldgnf-orders"').first().waitFor();
    expect((await fetchByContract(`${url}/global-datastores/ldgnf-orders`)).status).toBe(200);
  }, 60_000);

  it('requests nothing from other hosts', () => {
    const others = requestedUrls.filter((address) => !address.startsWith(`${url}/`) && !/^(data|blob):/.test(address));

    expect(requestedUrls.length).toBeGreaterThan(3);
    expect(others).toEqual([]);
  });
});
