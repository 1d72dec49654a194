// The limit: the same calls with Node's modules only. Requests are signed, sent and parsed by hand, without retries or logs.
const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
const https = process.getBuiltinModule('node:https');
const http = process.getBuiltinModule('node:http');

const { env } = process;
const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

/** The calls of our function besides the creation, or instead all calls of another function. */
const [others, all] = [env.OTHER_CALLS, env.ALL_CALLS].map((calls) => calls?.split(','));

export async function handler(event) {
  let body;
  try {
    body = event.body === undefined ? undefined : JSON.parse(event.body);
  } catch {
    return answer(400, { code: 'MalformedBody' });
  }
  if (all) {
    await replay(all, event.pathParameters ?? {});
    return answer(200, {});
  }
  if (!isCreate(body)) return answer(400, { code: 'ValidationFailed' });

  const { PrimaryReplicationGroupRegion: region = env.AWS_REGION, ...input } = body;
  if (others) await replay(others, { ReplicationGroupId: input.PrimaryReplicationGroupId });
  const { status, xml } = await query(region, 'CreateGlobalReplicationGroup', input);
  if (status !== 200)
    return answer(status >= 500 ? 502 : 409, { code: text(xml, 'Code'), detail: text(xml, 'Message') });
  return answer(202, {
    GlobalReplicationGroup: read(xml.match(/<GlobalReplicationGroup>(.*)<\/GlobalReplicationGroup>/s)[1]),
  });
}

/** Makes calls whose results are not used. */
async function replay(calls, input) {
  for (const call of calls) {
    if (call === 'PutItem') await putItem();
    else read((await query(env.AWS_REGION, call, input)).xml);
  }
}

const answer = (statusCode, body) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const known = [
  'GlobalReplicationGroupIdSuffix',
  'GlobalReplicationGroupDescription',
  'PrimaryReplicationGroupId',
  'PrimaryReplicationGroupRegion',
];
const isCreate = (body) =>
  typeof body === 'object' &&
  /^[A-Za-z](?:-?[A-Za-z0-9]){0,39}$/.test(body.PrimaryReplicationGroupId) &&
  Object.entries(body).every(([name, value]) => known.includes(name) && typeof value === 'string');

async function query(region, action, input) {
  const form = new URLSearchParams({ Action: action, Version: '2015-02-02', ...input }).toString();
  const url = new URL(env.AWS_ENDPOINT_URL_ELASTICACHE ?? `https://elasticache.${region}.amazonaws.com`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, body } = await send(url, 'elasticache', region, headers, form);
  return { status, xml: body };
}

function putItem() {
  const item = { TableName: env.TABLE_NAME, Item: { pk: { S: 'LIMIT' }, sk: { S: 'last change' } } };
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' };
  return send(new URL(env.AWS_ENDPOINT_URL_DYNAMODB), 'dynamodb', env.AWS_REGION, headers, JSON.stringify(item));
}

function send(url, service, region, headers, body) {
  const signed = sign(
    url,
    service,
    region,
    { ...headers, host: url.host, 'x-amz-security-token': env.AWS_SESSION_TOKEN },
    body,
  );
  const { request } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: agents[url.protocol], headers: signed }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    sent.once('error', reject).end(body);
  });
}

/** Signs a request with AWS Signature Version 4. */
function sign(url, service, region, headers, body) {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const all = { ...headers, 'x-amz-date': time };
  const names = Object.keys(all).sort();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    hash(body),
  ];
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = scope.split('/').reduce(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical.join('\n'))].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${env.AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...all, authorization, 'content-length': Buffer.byteLength(body) };
}

const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

const text = (xml, name) => unescaped(xml.match(new RegExp(`<${name}>([^<]*)<`))?.[1] ?? '');

/** Parses XML of elements only. A list is an element whose name starts with the name of its children. */
function read(xml) {
  const members = [...xml.matchAll(/<(\w+)>((?:(?!<\1>).)*)<\/\1>/gs)];
  if (members.length === 0) return value(unescaped(xml));
  if (
    members.every(([, name]) => name === members[0][1] && /^(GlobalReplicationGroupMember|GlobalNodeGroup)$/.test(name))
  )
    return members.map(([, , inner]) => read(inner));
  return Object.fromEntries(members.map(([, name, inner]) => [name, read(inner)]));
}

const value = (string) => (/^(true|false)$/.test(string) ? string === 'true' : string);
const unescaped = (string) => string.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);
const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
