import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { OAuth2Server } from 'oauth2-mock-server';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rightOf } from '../../console/src/rights.ts';
import { createApiServer } from '../../local/apiServer.ts';
import { signInLocally } from '../../local/localCallers.ts';
import openapi from '../../openapi.json' with { type: 'json' };
import { routes } from '../../src/schemas/routes.ts';
import { browserPath, skipReason } from '../support/browser.ts';
import { until } from '../support/emulator.ts';

/** The requests that the API received, and the tokens that its JWT authorizer accepts. */
const received: { readonly path: string; readonly headers: ReadonlyMap<string, string> }[] = [];
const validTokens = new Set<string>();

const issuer = new OAuth2Server();
/** The requests for a code and for tokens, and the settings of the next responses of the issuer. */
const issuerRequests: Record<string, unknown>[] = [];
const issuerSettings = { expiresIn: 3600, refusesRenewal: false, refusesSignIn: false };

issuer.service.on('beforeAuthorizeRedirect', ({ url }, { query }) => {
  issuerRequests.push(query);
  if (!issuerSettings.refusesSignIn) return;
  url.searchParams.delete('code');
  url.searchParams.set('error', 'access_denied');
});
issuer.service.on('beforeResponse', (response, { body }) => {
  issuerRequests.push(body);
  if (body.grant_type === 'refresh_token' && issuerSettings.refusesRenewal) {
    response.statusCode = 400;
    response.body = { error: 'invalid_grant' };
    return;
  }
  response.body = { ...response.body, expires_in: issuerSettings.expiresIn, scope: 'openid ds/viewer' };
  validTokens.add(response.body.access_token);
});

const forbidden = { status: 403, body: { message: 'Forbidden' } };
const unauthorized = { status: 401, body: { message: 'Unauthorized' } };
const empty = { status: 200, body: { GlobalReplicationGroups: [], Operations: [], ReplicationGroups: [] } };

/** Returns the response of an API without resources to a token that allows reads only. */
function respond(method: string, target: string) {
  if (target === '/openapi.json') return { status: 200, body: openapi };
  return method === 'GET' ? empty : forbidden;
}

/** Starts a server of the console and an API. Returns its URL. */
async function serve(signIn: () => Parameters<typeof signInLocally>[0] | 'oidc', needsToken: boolean): Promise<string> {
  const server = createApiServer({
    gateway: async ({ method, target, headers }) => {
      const known = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
      received.push({ path: target, headers: known });
      const isValid = validTokens.has(known.get('authorization')?.replace('Bearer ', '') ?? '');
      const { status, body } = needsToken && !isValid ? unauthorized : respond(method, target);
      const text = Buffer.from(JSON.stringify(body));
      return { status, headers: { 'content-type': 'application/json' }, cookies: [], body: text };
    },
    signIn: async () => {
      const kind = signIn();
      if (kind !== 'oidc') return signInLocally(kind);
      const authority = issuer.issuer.url ?? '';
      return { kind, authority, clientId: 'console', scope: 'openid ds/viewer', parameters: { audience: 'ds' } };
    },
  });
  afterAll(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening'); // `listen` of local/ports.ts refuses the redirect of an issuer
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(!browserPath)(`the sign-in of the console${skipReason}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const messages: string[] = [];
  const requested: string[] = [];

  beforeAll(async () => {
    await issuer.issuer.keys.generate('RS256');
    await issuer.start(0, 'localhost');
    url = await serve(() => 'oidc', true);
    browser = await chromium.launch({
      ...(browserPath && { executablePath: browserPath }),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await issuer.stop();
  });

  beforeEach(async () => {
    Object.assign(issuerSettings, { expiresIn: 3600, refusesRenewal: false, refusesSignIn: false });
    for (const list of [issuerRequests, received, messages, requested]) list.length = 0;
    context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => messages.push(message.text()));
    page.on('request', (request) => requested.push(request.url()));
  });

  afterEach(async () => {
    await context.close();
    expect(messages.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  });

  const button = (name: string) => page.getByRole('button', { name });
  const lastToken = () => received.at(-1)?.headers.get('authorization');

  async function signIn(view = ''): Promise<void> {
    await page.goto(`${url}/${view}`);
    await button('Sign in').click();
    await button('Sign out').waitFor();
  }

  it('signs in with a code and PKCE, returns to the view, and sends requests to the API and the issuer only', async () => {
    await signIn('#/evacuations/');

    const [request, exchange] = issuerRequests;
    expect(request).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', audience: 'ds' });
    expect(exchange).toMatchObject({
      grant_type: 'authorization_code',
      code_verifier: expect.stringMatching(/^.{43,}$/),
    });
    expect(page.url()).toBe(`${url}/#/evacuations/`);
    expect(await page.getByText('johndoe').count()).toBe(1);
    const origins = new Set(requested.map((address) => new URL(address).origin));
    expect([...origins].sort()).toEqual([url, issuer.issuer.url].sort());
  });

  it('sends the token with each request, and keeps it over a reload in this tab only', async () => {
    await signIn();
    await until(async () => received.length > 0, 15_000);
    await page.reload();
    await button('Sign out').waitFor();
    await until(async () => received.length > 1, 15_000);

    expect(received.map(({ headers }) => headers.get('authorization'))).toEqual(
      received.map(() => `Bearer ${[...validTokens].at(-1)}`),
    );
    expect(await page.evaluate('localStorage.length')).toBe(0);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('renews the token before it expires', async () => {
    issuerSettings.expiresIn = 61;
    await signIn();
    const first = [...validTokens].at(-1);
    issuerSettings.expiresIn = 3600;

    await until(async () => issuerRequests.some(({ grant_type: type }) => type === 'refresh_token'), 15_000);
    const second = [...validTokens].at(-1);
    await page.getByRole('link', { name: 'Evacuation' }).click();
    await page.getByRole('link', { name: 'Datastores', exact: true }).click();
    await until(async () => lastToken() === `Bearer ${second}`, 15_000);

    expect(second).not.toBe(first);
    expect(received.filter(({ headers }) => !headers.has('authorization'))).toEqual([]);
  });

  it('requires a sign-in when a token expires and the issuer does not renew it', async () => {
    Object.assign(issuerSettings, { expiresIn: 2, refusesRenewal: true });
    await page.goto(url);
    await button('Sign in').click();

    await page.getByText('The sign-in has ended.').waitFor({ timeout: 15_000 });

    expect(await button('Sign in').count()).toBe(1);
    expect(await page.evaluate("Object.keys(sessionStorage).filter((name) => name.includes('oidc.user'))")).toEqual([]);
  });

  it('shows why the issuer refused', async () => {
    issuerSettings.refusesSignIn = true;
    await page.goto(url);
    await button('Sign in').click();

    await page.getByText('The sign-in failed: access_denied.').waitFor();
    expect(await button('Sign in').count()).toBe(1);
    expect(page.url()).toBe(`${url}/`);
  });

  it('signs out at the issuer, too', async () => {
    await signIn();
    await button('Sign out').click();
    await button('Sign in').waitFor();

    expect(requested.some((address) => new URL(address).pathname === '/endsession')).toBe(true);
  });

  it('names the right that is missing', async () => {
    const values = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
    await signIn(`#/createGlobalDatastore?${encodeURIComponent(JSON.stringify(values))}`);
    const need =
      'createGlobalDatastore needs the right operator. The token of johndoe has the scopes openid, ds/viewer.';
    await page.getByText(need).first().waitFor();
    await page.goto(`${url}/#/`);

    validTokens.clear();
    await page.reload();

    await page.getByText('The API did not accept the token of johndoe.').first().waitFor();
  });

  it('has a choice of the local caller, for each tab, without the library', async () => {
    const owners = {
      'arn:aws:sts::123456789012:assumed-role/Orders': 'orders',
      'arn:aws:iam::123456789012:user/ana': '*',
    };
    const local = await serve(() => owners, false);
    await page.goto(local);
    await until(async () => received.length > 0, 15_000);
    const before = received.map(({ headers }) => headers.get('x-local-caller'));

    await page.getByLabel('Caller').selectOption('ana');
    received.length = 0;
    await page.reload();
    await until(async () => received.length > 0, 15_000);

    expect(requested.filter((address) => address.includes('openIdConnect'))).toEqual([]);
    expect(new Set(before)).toEqual(new Set(['arn:aws:sts::123456789012:assumed-role/Orders/console']));
    expect(new Set(received.map(({ headers }) => headers.get('x-local-caller')))).toEqual(
      new Set(['arn:aws:iam::123456789012:user/ana']),
    );
  });
});

describe('the rights', () => {
  const yaml = readFileSync('serverless.yml', 'utf8');

  it.each(Object.keys(routes))('%s needs the right that its route requires', (name) => {
    const [, level] = new RegExp(`\\n {2}${name}:\\n(?: {4}.*\\n)*? .*authorizer: \\*(\\w+)`).exec(yaml) ?? [];
    const right = level === 'breakGlass' ? 'break-glass' : (level ?? 'viewer');

    expect(rightOf(name)).toBe(right);
  });
});
