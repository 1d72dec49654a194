import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RequestOptions, startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, emulator, routes } = await startApi();
await emulator.seed('orders-use1');
const create = (options: RequestOptions) => call('POST /global-datastores', options);

/** A valid body that AWS refuses because the replication group does not exist. */
const validBody = '{"GlobalReplicationGroupIdSuffix":"orders","PrimaryReplicationGroupId":"nowhere"}';
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

beforeEach(async () => {
  await emulator.calls();
});

describe('POST /global-datastores accepts a body', () => {
  it.each<[string, RequestOptions]>([
    ['as application/json', { raw: validBody }],
    ['with a charset', { raw: validBody, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['with a quoted charset', { raw: validBody, headers: { 'content-type': 'application/json; charset="UTF-8"' } }],
    [
      'with a space before the charset',
      { raw: validBody, headers: { 'content-type': 'application/json ;charset=utf-8' } },
    ],
    ['as another +json media type', { raw: validBody, headers: { 'content-type': 'application/merge-patch+json' } }],
    ['with header names in capitals', { raw: validBody, headers: { 'CONTENT-TYPE': 'Application/JSON' } }],
    ['with the content encoding identity', { raw: validBody, headers: { 'content-encoding': 'identity' } }],
    ['in base64', { raw: base64(validBody), isBase64Encoded: true }],
    ['with white space around', { raw: `\r\n\t ${validBody} \n` }],
    ['of the largest size', { raw: validBody.padEnd(65_536) }],
  ])('%s', async (_, options) => {
    const response = await create(options);

    expect(response).toMatchObject({ status: 404, body: { code: 'ReplicationGroupNotFoundFault' } });
  });
});

const withMember = (json: string) => validBody.replace('}', `,${json}}`);

describe('POST /global-datastores refuses a body', () => {
  it.each<[string, RequestOptions, number, string]>([
    ['that is absent', {}, 400, 'MalformedBody'],
    ['that is empty', { raw: '' }, 400, 'MalformedBody'],
    ['that is blank', { raw: ' ' }, 400, 'MalformedBody'],
    ['that is not JSON', { raw: 'hello' }, 400, 'MalformedBody'],
    ['that is truncated', { raw: validBody.slice(0, -1) }, 400, 'MalformedBody'],
    ['with a second value after the first', { raw: `${validBody}${validBody}` }, 400, 'MalformedBody'],
    ['with a trailing comma', { raw: validBody.replace('}', ',}') }, 400, 'MalformedBody'],
    ['with a comment', { raw: `${validBody} // orders` }, 400, 'MalformedBody'],
    ['in single quotes', { raw: validBody.replaceAll('"', "'") }, 400, 'MalformedBody'],
    ['with a line break in a string', { raw: validBody.replace('orders', 'or\nders') }, 400, 'MalformedBody'],
    ['with NaN', { raw: withMember('"X":NaN') }, 400, 'MalformedBody'],
    ['with a byte order mark', { raw: `\ufeff${validBody}` }, 400, 'MalformedBody'],
    [
      'with bytes that are not UTF-8',
      { raw: base64(Buffer.from(validBody, 'utf16le')), isBase64Encoded: true },
      400,
      'MalformedBody',
    ],
    [
      'with an invalid byte',
      { raw: base64(Buffer.from(withMember('"X":"\u00ff"'), 'latin1')), isBase64Encoded: true },
      400,
      'MalformedBody',
    ],
    [
      'with an overlong sequence',
      {
        raw: base64(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])),
        isBase64Encoded: true,
      },
      400,
      'MalformedBody',
    ],
    ['with a duplicate member', { raw: withMember('"PrimaryReplicationGroupId":"other"') }, 400, 'MalformedBody'],
    [
      'with a duplicate member, once escaped',
      { raw: withMember('"\\u0050rimaryReplicationGroupId":"other"') },
      400,
      'MalformedBody',
    ],
    ['with __proto__', { raw: withMember('"__proto__":{}') }, 400, 'MalformedBody'],
    ['with __proto__, escaped', { raw: withMember('"\\u005f_proto__":{}') }, 400, 'MalformedBody'],
    ['nested 33 levels deep', { raw: withMember(`"X":${'['.repeat(33)}${']'.repeat(33)}`) }, 400, 'MalformedBody'],
    ['with unclosed arrays', { raw: '['.repeat(65_000) }, 400, 'MalformedBody'],
    ['with an unclosed string of escaped quotes', { raw: `{"X":"${'\\"'.repeat(32_000)}` }, 400, 'MalformedBody'],
    ['that is null', { raw: 'null' }, 400, 'ValidationFailed'],
    ['that is an array', { raw: `[${validBody}]` }, 400, 'ValidationFailed'],
    ['that is a string', { raw: JSON.stringify(validBody) }, 400, 'ValidationFailed'],
    ['that is a number', { raw: '1' }, 400, 'ValidationFailed'],
    ['that is true', { raw: 'true' }, 400, 'ValidationFailed'],
    ['with constructor', { raw: withMember('"constructor":{}') }, 400, 'ValidationFailed'],
    ['that is too large', { raw: validBody.padEnd(65_537) }, 413, 'ContentTooLarge'],
    ['that is too large in bytes', { raw: withMember(`"X":"${'é'.repeat(33_000)}"`) }, 413, 'ContentTooLarge'],
    [
      'that is too large in base64',
      { raw: base64(validBody.padEnd(65_537)), isBase64Encoded: true },
      413,
      'ContentTooLarge',
    ],
    ['without a content type', { raw: validBody, headers: { 'content-type': '' } }, 415, 'UnsupportedMediaType'],
    ['as text', { raw: validBody, headers: { 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
    [
      'as a form',
      { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'UnsupportedMediaType',
    ],
    [
      'as application/jsonp',
      { raw: validBody, headers: { 'content-type': 'application/jsonp' } },
      415,
      'UnsupportedMediaType',
    ],
    ['as text/json', { raw: validBody, headers: { 'content-type': 'text/json' } }, 415, 'UnsupportedMediaType'],
    [
      'in UTF-16',
      { raw: validBody, headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'UnsupportedMediaType',
    ],
    [
      'that is compressed',
      { raw: base64(gzipSync(validBody)), isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } },
      415,
      'UnsupportedMediaType',
    ],
  ])('%s', async (_, options, status, code) => {
    const response = await create(options);

    expect(response).toMatchObject({ status, body: { status, code } });
    expect(await emulator.calls()).toEqual([]);
  });

  it.each(['null', '[]', '"text"', '1', 'true', JSON.stringify(validBody)])('that is no object: %s', async (raw) => {
    const { body } = await create({ raw });

    expect(body.errors).toEqual([{ pointer: '#', detail: 'The body must be an object.' }]);
  });

  it.each([
    ['a duplicate member', withMember('"X":1,"X":2'), '#/X'],
    ['a nested duplicate member', withMember('"X":[{"a":1},{"a/b":1,"a/b":2}]'), '#/X/1/a~1b'],
    ['a nested __proto__', withMember('"X":{"Y":{"__proto__":1}}'), '#/X/Y/__proto__'],
  ])('with a pointer to %s', async (_, raw, pointer) => {
    const { body } = await create({ raw });

    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it('without repeating it in the response', async () => {
    const { body } = await create({ raw: '{"AuthToken":"very-secret-token' });

    expect(JSON.stringify(body)).not.toContain('secret');
  });
});

describe.each(Object.entries(routes).filter(([, { body }]) => body))('%s', (_, route) => {
  const { request } = exampleRequest(route);

  it.each([
    ['no body', undefined, 400, 'MalformedBody'],
    ['null', 'null', 400, 'ValidationFailed'],
    ['an array', '[]', 400, 'ValidationFailed'],
    ['an empty object', '{}', 400, 'ValidationFailed'],
    ['an unknown member', '{"Unknown":1}', 400, 'ValidationFailed'],
    ['65 KiB', ' '.repeat(66_000), 413, 'ContentTooLarge'],
  ])('refuses %s', async (_, raw, status, code) => {
    const response = await call(request, { ...(raw !== undefined && { raw }) });

    expect(response).toMatchObject({ status, body: { code } });
    expect(await emulator.calls()).toEqual([]);
  });
});
