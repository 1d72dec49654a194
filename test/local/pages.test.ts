import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { browserPath, skipReason } from '../support/browser.ts';
import { fetchByContract } from '../support/contract.ts';
import { hostileRequests } from '../support/hostileRequests.ts';
import { findFreePort, startLocalApi } from '../support/npmStart.ts';

const { url } = await startLocalApi([], { PORT: String(await findFreePort()) });

describe('the API beside the pages', () => {
  // Requests that an HTTP client can send, and that API Gateway does not reject itself.
  const sendable = hostileRequests.filter(
    ({ title, request, options }) =>
      !options?.headers &&
      !/^the (path|method) /.test(title) &&
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

describe('the files of the console', () => {
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  const page = { accept: 'text/html' };

  it('are the page and all that it loads, with a policy that excludes other hosts and inline scripts', async () => {
    const html = await (await get('/', page)).text();
    const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].flatMap(([, path = '']) => path);

    expect(paths).toEqual(expect.arrayContaining(['/console/main.js', '/console/style.css']));
    for (const path of ['/', ...paths.filter((path) => path.startsWith('/console/'))]) {
      const { status, headers } = await get(path, page);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; base-uri 'none'; /);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('are not sent again for a request with their entity tag', async () => {
    const first = await get('/console/main.js');
    const etag = first.headers.get('etag') ?? '';

    const again = await get('/console/main.js', { 'if-none-match': etag });

    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'));
  });

  it('are sent without compression to a client that accepts none', async () => {
    const plain = await get('/console/style.css', { 'accept-encoding': 'identity' });

    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(readFileSync('console/style.css', 'utf8'));
  });

  it('have the same headers for HEAD', async () => {
    for (const path of ['/', '/docs', '/console/main.js']) {
      const [head, whole] = [await fetch(`${url}${path}`, { method: 'HEAD', headers: page }), await get(path, page)];

      expect([head.status, head.headers.get('etag')]).toEqual([200, whole.headers.get('etag')]);
      expect(await head.text()).toBe('');
    }
  });

  it('leave every other path to the API', async () => {
    expect((await get('/')).headers.get('content-type')).toBe('application/problem+json');
    expect((await get('/console/../openapi.json')).headers.get('content-type')).toBe('application/json');
    expect((await get('/console/toString')).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('have no sign-in without a policy that has owners', async () => {
    expect(await (await get('/console/config.json')).json()).toEqual({ kind: 'none' });
  });
});

describe.skipIf(!browserPath)(`the reference page${skipReason}`, () => {
  const requestedUrls: string[] = [];
  const messages: string[] = [];
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
    page.on('console', (message) => messages.push(message.text()));
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

  it('violates its Content Security Policy nowhere', () => {
    expect(messages.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  });

  it('requests nothing from other hosts', () => {
    const others = requestedUrls.filter((address) => !address.startsWith(`${url}/`) && !/^(data|blob):/.test(address));

    expect(requestedUrls.length).toBeGreaterThan(3);
    expect(others).toEqual([]);
  });
});
