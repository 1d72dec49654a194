import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RequestOptions, startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, emulator, routes } = await startApi();
await emulator.seed('orders-use1');
const create = (options: RequestOptions) => call('POST /global-datastores', options);

/** A body that is accepted up to AWS, which says that there is no such replication group. */
const good = '{"GlobalReplicationGroupIdSuffix":"orders","PrimaryReplicationGroupId":"nowhere"}';
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

beforeEach(async () => {
  await emulator.calls();
});

describe('a body is read', () => {
  it.each<[string, RequestOptions]>([
    ['as application/json', { raw: good }],
    ['with a charset', { raw: good, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['with a quoted charset', { raw: good, headers: { 'content-type': 'application/json; charset="UTF-8"' } }],
    ['with a blank before the charset', { raw: good, headers: { 'content-type': 'application/json ;charset=utf-8' } }],
    ['as a JSON dialect', { raw: good, headers: { 'content-type': 'application/merge-patch+json' } }],
    ['with header names in capitals', { raw: good, headers: { 'CONTENT-TYPE': 'Application/JSON' } }],
    ['with an encoding that is none', { raw: good, headers: { 'content-encoding': 'identity' } }],
    ['in base64', { raw: base64(good), isBase64Encoded: true }],
    ['with white space around', { raw: `\r\n\t ${good} \n` }],
    ['of the largest size', { raw: good.padEnd(65_536) }],
  ])('%s', async (_, options) => {
    const answer = await create(options);

    expect(answer).toMatchObject({ status: 404, body: { code: 'ReplicationGroupNotFoundFault' } });
  });
});

const member = (json: string) => good.replace('}', `,${json}}`);

describe('a body is refused', () => {
  it.each<[string, RequestOptions, number, string]>([
    ['that is not there', {}, 400, 'MalformedBody'],
    ['that is empty', { raw: '' }, 400, 'MalformedBody'],
    ['that is blank', { raw: ' ' }, 400, 'MalformedBody'],
    ['that is no JSON', { raw: 'hello' }, 400, 'MalformedBody'],
    ['that is cut', { raw: good.slice(0, -1) }, 400, 'MalformedBody'],
    ['that goes on', { raw: `${good}${good}` }, 400, 'MalformedBody'],
    ['with a comma too many', { raw: good.replace('}', ',}') }, 400, 'MalformedBody'],
    ['with a comment', { raw: `${good} // orders` }, 400, 'MalformedBody'],
    ['in single quotes', { raw: good.replaceAll('"', "'") }, 400, 'MalformedBody'],
    ['with a line break in a string', { raw: good.replace('orders', 'or\nders') }, 400, 'MalformedBody'],
    ['with NaN', { raw: member('"X":NaN') }, 400, 'MalformedBody'],
    ['with a byte order mark', { raw: `\ufeff${good}` }, 400, 'MalformedBody'],
    [
      'with bytes that are not UTF-8',
      { raw: base64(Buffer.from(good, 'utf16le')), isBase64Encoded: true },
      400,
      'MalformedBody',
    ],
    [
      'with an invalid byte',
      { raw: base64(Buffer.from(member('"X":"\u00ff"'), 'latin1')), isBase64Encoded: true },
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
    ['with a member twice', { raw: member('"PrimaryReplicationGroupId":"other"') }, 400, 'MalformedBody'],
    [
      'with a member twice, once escaped',
      { raw: member('"\\u0050rimaryReplicationGroupId":"other"') },
      400,
      'MalformedBody',
    ],
    ['with __proto__', { raw: member('"__proto__":{}') }, 400, 'MalformedBody'],
    ['with __proto__, escaped', { raw: member('"\\u005f_proto__":{}') }, 400, 'MalformedBody'],
    ['nested 33 deep', { raw: member(`"X":${'['.repeat(33)}${']'.repeat(33)}`) }, 400, 'MalformedBody'],
    ['nested without end', { raw: '['.repeat(65_000) }, 400, 'MalformedBody'],
    ['of quotes without end', { raw: `{"X":"${'\\"'.repeat(32_000)}` }, 400, 'MalformedBody'],
    ['that is null', { raw: 'null' }, 400, 'ValidationFailed'],
    ['that is an array', { raw: `[${good}]` }, 400, 'ValidationFailed'],
    ['that is a string', { raw: JSON.stringify(good) }, 400, 'ValidationFailed'],
    ['that is a number', { raw: '1' }, 400, 'ValidationFailed'],
    ['that is true', { raw: 'true' }, 400, 'ValidationFailed'],
    ['with constructor', { raw: member('"constructor":{}') }, 400, 'ValidationFailed'],
    ['that is too large', { raw: good.padEnd(65_537) }, 413, 'ContentTooLarge'],
    ['that is too large in bytes', { raw: member(`"X":"${'é'.repeat(33_000)}"`) }, 413, 'ContentTooLarge'],
    [
      'that is too large in base64',
      { raw: base64(good.padEnd(65_537)), isBase64Encoded: true },
      413,
      'ContentTooLarge',
    ],
    ['without a content type', { raw: good, headers: { 'content-type': '' } }, 415, 'UnsupportedMediaType'],
    ['as text', { raw: good, headers: { 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
    [
      'as a form',
      { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'UnsupportedMediaType',
    ],
    [
      'as something like JSON',
      { raw: good, headers: { 'content-type': 'application/jsonp' } },
      415,
      'UnsupportedMediaType',
    ],
    ['as JSON of another type', { raw: good, headers: { 'content-type': 'text/json' } }, 415, 'UnsupportedMediaType'],
    [
      'in UTF-16',
      { raw: good, headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'UnsupportedMediaType',
    ],
    [
      'that is zipped',
      { raw: base64(gzipSync(good)), isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } },
      415,
      'UnsupportedMediaType',
    ],
  ])('%s', async (_, options, status, code) => {
    const answer = await create(options);

    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(await emulator.calls()).toEqual([]);
  });

  it.each([
    ['a member twice', member('"X":1,"X":2'), '#/X'],
    ['a member twice further in', member('"X":[{"a":1},{"a/b":1,"a/b":2}]'), '#/X/1/a~1b'],
    ['__proto__ further in', member('"X":{"Y":{"__proto__":1}}'), '#/X/Y/__proto__'],
  ])('with a pointer to %s', async (_, raw, pointer) => {
    const { body } = await create({ raw });

    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it('without showing it', async () => {
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
    ['an unknown member', '{"Unheard":1}', 400, 'ValidationFailed'],
    ['65 KiB', ' '.repeat(66_000), 413, 'ContentTooLarge'],
  ])('refuses %s', async (_, raw, status, code) => {
    const answer = await call(request, { ...(raw !== undefined && { raw }) });

    expect(answer).toMatchObject({ status, body: { code } });
    expect(await emulator.calls()).toEqual([]);
  });
});
