import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import {
  CreateReplicationGroupCommand,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createReplicationGroup, describeGroup, eventually, startEmulator } from './harness.ts';
import { actionNames } from './model.ts';
import { type Element, parseXml } from './xml.ts';

const NAMESPACE = 'http://elasticache.amazonaws.com/doc/2015-02-02/';

function authorization({
  key = 'test',
  date = '20260101',
  region = 'us-east-1',
  service = 'elasticache',
  end = 'aws4_request',
} = {}): string {
  return `AWS4-HMAC-SHA256 Credential=${key}/${date}/${region}/${service}/${end}, SignedHeaders=host, Signature=00`;
}

interface Raw {
  status: number;
  headers: Headers;
  xml: Element;
}

/** Sends a raw request and parses the XML response. */
async function send(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  init: RequestInit & { path?: string } = {},
): Promise<Raw> {
  const { path = '/', ...rest } = init;
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: authorization(), 'content-type': 'application/x-www-form-urlencoded' },
    ...(body.length > 0 && { body }),
    ...rest,
  });
  return { status: response.status, headers: response.headers, xml: parseXml(await response.text()) };
}

const codeOf = ({ xml }: Raw) => find(find(xml, 'Error'), 'Code')?.text;
const find = (element: Element | undefined, name: string) => element?.children.find((child) => child.name === name);

const DESCRIBE = 'Action=DescribeReplicationGroups&Version=2015-02-02';
const CREATE =
  'Action=CreateReplicationGroup&Version=2015-02-02&ReplicationGroupId=raw&ReplicationGroupDescription=d&CacheNodeType=cache.r6g.large';

describe('response', () => {
  it('is XML in the envelope of its operation, with the request id also in a header', async () => {
    const { url } = await startEmulator();

    const response = await send(url, DESCRIBE);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml');
    const requestId = response.headers.get('x-amzn-requestid');
    expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(response.xml).toEqual({
      name: 'DescribeReplicationGroupsResponse',
      attributes: { xmlns: NAMESPACE },
      text: '',
      children: [
        {
          name: 'DescribeReplicationGroupsResult',
          attributes: {},
          text: '',
          children: [{ name: 'ReplicationGroups', attributes: {}, text: '', children: [] }],
        },
        {
          name: 'ResponseMetadata',
          attributes: {},
          text: '',
          children: [{ name: 'RequestId', attributes: {}, text: requestId, children: [] }],
        },
      ],
    });
  });

  it('is an ErrorResponse with the status of the fault after an error', async () => {
    const { url } = await startEmulator();

    const response = await send(url, `${DESCRIBE}&ReplicationGroupId=none`);

    expect(response.status).toBe(404);
    expect(response.xml.name).toBe('ErrorResponse');
    expect(response.xml.attributes).toEqual({ xmlns: NAMESPACE });
    expect(find(response.xml, 'Error')?.children.map(({ name, text }) => [name, text])).toEqual([
      ['Type', 'Sender'],
      ['Code', 'ReplicationGroupNotFoundFault'],
      ['Message', 'ReplicationGroup none not found.'],
    ]);
    expect(find(response.xml, 'RequestId')?.text).toBe(response.headers.get('x-amzn-requestid'));
  });

  it('names list items as the service model does', async () => {
    const { url, settle } = await startEmulator({ existing: { userGroups: { team: 'active' } } });
    await send(url, `${CREATE}&NumNodeGroups=1&TransitEncryptionEnabled=true&UserGroupIds.member.1=team`);
    settle();

    const { xml } = await send(url, DESCRIBE);

    const group = find(find(find(xml, 'DescribeReplicationGroupsResult'), 'ReplicationGroups'), 'ReplicationGroup');
    const items = (list: string) => find(group, list)?.children.map(({ name }) => name);
    expect(items('MemberClusters')).toEqual(['ClusterId']);
    expect(items('NodeGroups')).toEqual(['NodeGroup']);
    expect(items('UserGroupIds')).toEqual(['member']);
    expect(find(find(group, 'NodeGroups')?.children[0], 'NodeGroupMembers')?.children[0]?.name).toBe('NodeGroupMember');
    expect(find(group, 'GlobalReplicationGroupInfo')?.children).toEqual([]);
  });

  it('provides a request id to the SDK and causes no retries', async () => {
    const { elasticache } = await startEmulator();

    const { $metadata } = await elasticache().send(new DescribeGlobalReplicationGroupsCommand({}));

    expect($metadata).toMatchObject({
      httpStatusCode: 200,
      attempts: 1,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each(['<&>"\'', 'ünï 漢字 🦖', ' ', '  two  ', 'a+b=c&d%25', 'line\nbreak\ttab', ']]>', '&amp;'])(
    'returns the description %j unchanged',
    async (description) => {
      const emulator = await startEmulator();

      const { ReplicationGroup } = await emulator.elasticache().send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: 'first',
          ReplicationGroupDescription: description,
          CacheNodeType: 'cache.r6g.large',
        }),
      );

      expect(ReplicationGroup?.Description).toBe(description);
    },
  );
});

describe('request', () => {
  it('accepts a GET with a query string, as other Query services do', async () => {
    const { url } = await startEmulator();

    const response = await send(url, '', { method: 'GET', path: `/?${DESCRIBE}` });

    expect(response.status).toBe(200);
  });

  it('runs for the region and account of its credential scope', async () => {
    const emulator = await startEmulator();
    const headers = { authorization: authorization({ key: '123456789012', region: 'eu-west-1' }) };

    await send(emulator.url, CREATE, { headers });
    emulator.settle();

    const found = await emulator
      .elasticache('eu-west-1', '123456789012')
      .send(new DescribeReplicationGroupsCommand({}));
    expect(found.ReplicationGroups).toMatchObject([
      { ARN: 'arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:raw' },
    ]);
    expect(
      (await emulator.elasticache('eu-west-1').send(new DescribeReplicationGroupsCommand({}))).ReplicationGroups,
    ).toEqual([]);
  });

  it('accepts unknown parameters, an empty list and indexes with gaps', async () => {
    const emulator = await startEmulator();

    const response = await send(
      emulator.url,
      `${CREATE}&NoSuchParameter=1&Tags.Nothing=2&SnapshotArns=&Tags.Tag.7.Key=b&Tags.Tag.7.Value=2&Tags.Tag.3.Key=a&Tags.Tag.3.Value=1`,
    );

    expect(codeOf(response)).toBeUndefined();
    expect(emulator.store.getReplicationGroup('raw').tags).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
  });

  it('accepts booleans in any case', async () => {
    const emulator = await startEmulator();

    await send(emulator.url, `${CREATE}&AtRestEncryptionEnabled=TRUE`);

    expect(await describeGroup(emulator, 'raw')).toMatchObject({ AtRestEncryptionEnabled: true });
  });

  it('starts a change that is pending right after the response and completes soon', async () => {
    const emulator = await startEmulator({ transitionMs: 0 });

    const response = await send(emulator.url, CREATE);
    const status = find(find(find(response.xml, 'CreateReplicationGroupResult'), 'ReplicationGroup'), 'Status')?.text;
    await eventually(async () => (await describeGroup(emulator, 'raw')).Status).toBe('available');

    expect(status).toBe('creating');
  });
});

describe('request with invalid credentials', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['no header', {}, 403, 'MissingAuthenticationToken'],
    ['another scheme', { authorization: 'Basic dGVzdDp0ZXN0' }, 400, 'IncompleteSignature'],
    [
      'no credential',
      { authorization: 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00' },
      400,
      'IncompleteSignature',
    ],
    ['no signature', { authorization: authorization().replace(/, Signature.*/, '') }, 400, 'IncompleteSignature'],
    [
      'a short scope',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00' },
      400,
      'IncompleteSignature',
    ],
    ['another service', { authorization: authorization({ service: 's3' }) }, 403, 'SignatureDoesNotMatch'],
    ['an unknown region', { authorization: authorization({ region: 'mars-north-1' }) }, 403, 'SignatureDoesNotMatch'],
    ['no region', { authorization: authorization({ region: '' }) }, 403, 'SignatureDoesNotMatch'],
    ['a date that is none', { authorization: authorization({ date: 'today' }) }, 403, 'SignatureDoesNotMatch'],
    ['another terminator', { authorization: authorization({ end: 'aws5' }) }, 403, 'SignatureDoesNotMatch'],
  ])('is rejected: %s', async (_name, headers, status, code) => {
    const { url } = await startEmulator();

    const response = await send(url, DESCRIBE, { headers });

    expect([response.status, codeOf(response)]).toEqual([status, code]);
  });
});

describe('request that is not an ElastiCache request', () => {
  it.each<[string, string, number, string]>([
    ['no action', 'Version=2015-02-02', 400, 'MissingAction'],
    ['no body', '', 400, 'MissingAction'],
    ['JSON', '{"Action":"DescribeReplicationGroups"}', 400, 'MissingAction'],
    ['an unknown action', 'Action=DropTables&Version=2015-02-02', 400, 'InvalidAction'],
    ['an action of the emulator that is not AWS', 'Action=constructor&Version=2015-02-02', 400, 'InvalidAction'],
    ['an action that the emulator does not implement', 'Action=DescribeUsers&Version=2015-02-02', 400, 'InvalidAction'],
    ['a shape of the SDK that is no action', 'Action=ReplicationGroup&Version=2015-02-02', 400, 'InvalidAction'],
    ['another version', 'Action=DescribeReplicationGroups&Version=2012-01-01', 400, 'NoSuchVersion'],
    ['no version', 'Action=DescribeReplicationGroups', 400, 'NoSuchVersion'],
    ['bad percent-encoding', `${DESCRIBE}&Marker=%zz`, 404, 'MalformedQueryString'],
    ['bytes that are not UTF-8', `${DESCRIBE}&Marker=%ff%fe`, 404, 'MalformedQueryString'],
    ['more than 1 MiB', `${DESCRIBE}&Marker=${'x'.repeat(1024 * 1024)}`, 413, 'RequestEntityTooLarge'],
  ])('is rejected: %s', async (_name, body, status, code) => {
    const { url } = await startEmulator();

    const response = await send(url, body);

    expect([response.status, codeOf(response)]).toEqual([status, code]);
  });

  it.each([
    ['PUT', '/', 405, 'MethodNotAllowed'],
    ['DELETE', '/', 405, 'MethodNotAllowed'],
    ['POST', '/somewhere', 404, 'UnknownOperationException'],
    ['POST', '//', 404, 'UnknownOperationException'],
  ])('is rejected: %s %s', async (method, path, status, code) => {
    const { url } = await startEmulator();

    const response = await send(url, DESCRIBE, { method, path });

    expect([response.status, codeOf(response)]).toEqual([status, code]);
  });
});

/** Every parameter type with invalid values. */
const misfits = [
  ...[
    '',
    '1.5',
    '1e3',
    'ten',
    '--1',
    '0x10',
    '99999999999999999999',
    '2147483648',
    '-2147483649',
    'NaN',
    '٣',
    '1 ',
  ].map((value) => `NumNodeGroups=${encodeURIComponent(value)}`),
  ...['', 'yes', '1', 'null', 'tru e', '[true]'].map((value) => `MultiAZEnabled=${encodeURIComponent(value)}`),
  ...[
    '%00',
    '%01',
    '%0B',
    '%1F',
    '%EF%BF%BE',
    '%EF%BF%BF',
    '%ED%A0%80',
    '%C0%80',
    '%F8%88%80%80%80',
    '%',
    '%e',
    '%E4%B8',
  ].map((bytes) => `ReplicationGroupDescription=x${bytes}`),
  'ReplicationGroupDescription.1=x',
  'ReplicationGroupDescription.Text=x',
  'ReplicationGroupId.member.1=x',
  'NumNodeGroups.1=2',
  'MultiAZEnabled.member.1=true',
  ...['0', '-1', '1.5', 'a', '', '01', '9999999', '1e1', ' 1', '__proto__', 'constructor'].flatMap((index) => [
    `Tags.Tag.${index}.Key=x`,
    `SecurityGroupIds.SecurityGroupId.${index}=x`,
  ]),
  'Tags=x',
  'Tags.Tag=x',
  'Tags.Tag.1=x',
  'Tags.member.1.Key=x',
  'Tags.1.Key=x',
  'Tags.Tag.1.Key.x=y',
  'SecurityGroupIds=x',
  'SecurityGroupIds.member.1=x',
  'SecurityGroupIds.1=x',
  'SecurityGroupIds.SecurityGroupId.1.x=y',
  'UserGroupIds.UserGroupId.1=x',
  'UserGroupIds.member=x',
  'NodeGroupConfiguration=x',
  'NodeGroupConfiguration.NodeGroupConfiguration.1=x',
  'NodeGroupConfiguration.NodeGroupConfiguration.1.ReplicaCount=x',
  'NodeGroupConfiguration.NodeGroupConfiguration.1.ReplicaAvailabilityZones=x',
  'NodeGroupConfiguration.NodeGroupConfiguration.1.ReplicaAvailabilityZones.member.1=x',
  'LogDeliveryConfigurations.LogDeliveryConfigurationRequest.1.Enabled=x',
  'LogDeliveryConfigurations.LogDeliveryConfigurationRequest.1.DestinationDetails=x',
  'LogDeliveryConfigurations.LogDeliveryConfigurationRequest.1.DestinationDetails.CloudWatchLogsDetails=x',
];

/** Unusual requests that no rule forbids. Any response except a 5xx is correct. */
const oddities = [
  '&&&&',
  '=',
  '=&=&=',
  '&=x',
  '&x',
  '.=x',
  '..=x',
  'a.b.c.d.e.f.g.h=x',
  `${'a.'.repeat(5000)}b=x`,
  '__proto__=x',
  '__proto__.polluted=x',
  'constructor.prototype.polluted=x',
  'toString=x',
  'Action=DescribeReplicationGroups',
  'Action=',
  'Version=',
  `${Array.from({ length: 3000 }, (_, i) => `p${i}=x`).join('&')}`,
  `Tags.Tag.${'9'.repeat(5)}.Key=x`,
  'ReplicationGroupDescription=%F0%9F%A6%96',
  'ReplicationGroupDescription=%0D%0A',
  'replicationgroupid=x',
  'NumNodeGroups=%2B1',
  'NumNodeGroups=-0',
];

describe('malformed request', () => {
  it(`never gets a 5xx and never stops the emulator: ${misfits.length + oddities.length} of them`, async () => {
    const emulator = await startEmulator();
    const { url } = emulator;
    const results = new Map<string, [number, string | undefined]>();

    for (const parameter of [...misfits, ...oddities]) {
      const response = await send(url, `${CREATE}&${parameter}`);
      results.set(parameter, [response.status, codeOf(response)]);
    }

    expect([...results].filter(([, [status]]) => status >= 500)).toEqual([]);
    expect(misfits.filter((parameter) => (results.get(parameter)?.[0] ?? 0) < 400)).toEqual([]);
    expect(misfits.length + oddities.length).toBeGreaterThanOrEqual(100);
    expect({}).not.toHaveProperty('polluted');
    await createReplicationGroup(emulator, { id: 'still-here' });
  });

  it.each<[string, string]>([
    ['no HTTP', 'hello\r\n\r\n'],
    ['half a request', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nAction='],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n'],
    ['a chunk that is none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['another address', 'GET http://elsewhere/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('does not stop the emulator when sent on a socket: %s', async (_name, bytes) => {
    const emulator = await startEmulator();

    const response = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
      socket.end(bytes);
    });

    expect(response).not.toMatch(/^HTTP\/1\.1 5/);
    await createReplicationGroup(emulator);
  });
});

describe('emulator/README.md', () => {
  it('lists all actions and their number', () => {
    const readme = readFileSync(new URL('../../emulator/README.md', import.meta.url), 'utf8');
    const table = readme.slice(readme.indexOf('## Actions'), readme.indexOf('## Layers'));

    expect(table.match(/\b[A-Z][a-z]+[A-Z]\w+/g)?.sort()).toEqual(actionNames.toSorted());
    expect(readme).toContain(`${actionNames.length} actions over`);
  });
});
