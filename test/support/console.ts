import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect, onTestFinished } from 'vitest';
import { seed } from '../../local/seed.ts';
import { browserPath } from './browser.ts';
import { startEmulator } from './emulator.ts';
import { findFreePort, startLocalApi } from './npmStart.ts';

/** The duration of a transition of the emulator, in milliseconds: long enough for the page to show it. */
const transitionMs = 100;

/** The failures in the browser: violations of the content security policy, requests to other servers, errors of the page. */
const failures: string[] = [];

/**
 * Starts `npm start` for a test file, with an emulator in this process that has the replication groups of `npm start`. The
 * first page starts the browser. After each test, expects no failures in the browser.
 */
export async function startConsole(environment: Record<string, string> = {}) {
  const emulator = await startEmulator({ transitionMs });
  await seed(emulator.url, emulator.store);
  const port = String(await findFreePort());
  const { url } = await startLocalApi([], { PORT: port, AWS_ENDPOINT_URL_ELASTICACHE: emulator.url, ...environment });
  let browser: Browser | undefined;
  afterAll(() => browser?.close());
  afterEach(() => expect(failures.splice(0)).toEqual([]));
  const send = (base: string) => async (request: string, body?: object) => {
    const [method = '', path = ''] = request.split(' ');
    const headers = { 'content-type': 'application/json', prefer: 'wait=20' };
    const response = await fetch(`${base}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${request}: ${await response.text()}`);
    return (await response.json()) as ReturnType<typeof JSON.parse>;
  };
  const openPage = async (path = '', options: BrowserContextOptions = {}): Promise<Page> => {
    browser ??= await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox', '--disable-gpu'] });
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options }); // a drawn frame costs CPU time
    const page = await context.newPage();
    watch(page, url);
    await page.goto(`${url}/${path}`);
    return page;
  };

  return {
    url,
    emulator,
    /** Sends a request to the API, not through the page. Waits up to 20 s for the end of its change. */
    call: send(url),
    /** Calls a control endpoint of the emulator. */
    control: send(`${emulator.url}/_emulator`),
    /** Opens the page until the test ends. */
    async open(path = '', options: BrowserContextOptions = {}): Promise<Page> {
      const page = await openPage(path, options);
      onTestFinished(() => page.context().close());
      return page;
    },
    /** Opens the page until all tests of the file have ended. */
    openPage,
  };
}

function watch(page: Page, url: string): void {
  page.on('pageerror', (error) => failures.push(`error of the page: ${error.message}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) failures.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) failures.push(`foreign request: ${request.url()}`);
  });
}
