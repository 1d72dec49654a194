import { afterAll, describe, expect, it, vi } from 'vitest';
import { isRead, isSafeToRetry } from '../../src/aws/retryPolicy.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { startApi } from '../support/api.ts';
import { clusterMode, datastores } from '../support/datastore.ts';
import { afterEffect, createProxy, fault, type Mode, modes } from '../support/proxy.ts';
import { contractsThat, requestFor } from '../support/routeRequest.ts';

/** `npm run prove:faults` injects all faults, with the real limits; `npm test` some faults, with short limits for timeouts. */
const full = process.env.PROVE === 'full';
const real = { attemptMs: 6_000, regionMs: 3_500, requestMs: 25_000 };
const short = { attemptMs: 1_000, regionMs: 3_500, requestMs: 9_000 };
const limitsOf = ({ resultKind }: FaultCase) => (resultKind === 'late' && !full ? short : real);

/** The regions of the API. A call to all regions is sent twice. */
const regions = ['us-east-1', 'eu-west-1'];

/**
 * How a call is sent. `read`: in one region. `search`: in all regions. `keyed`: a change that names what it creates or ends.
 * `anywhere`: such a change, sent to one region after the other. `once`: a change that is not repeated after a lost response.
 */
type Kind = 'read' | 'search' | 'keyed' | 'anywhere' | 'once';

interface Subject {
  readonly kind: Kind;
  /** The AWS action that the fault is injected into. */
  readonly action: string;
  readonly request: (id: string) => string;
  readonly body?: (id: string) => object;
  /** The regions of the secondaries of the datastore. None by default. */
  readonly secondaries?: readonly string[] | 'no datastore';
  /** Whether a read shows the effect of the change at once, so that a lost response is recovered. */
  readonly showsAtOnce?: boolean;
  /** Returns the text that identifies the call. The id by default. */
  readonly contains?: (id: string) => string;
}

/** Returns the page size that identifies a list, which names no id. Concurrent lists differ in it. */
const sizeOf = (id: string) => (id.startsWith('always') ? 99 : 98);

/** Where a contract differs from `derivedSubject`. */
const overrides: Readonly<Record<string, Partial<Subject>>> = {
  listGlobalDatastores: {
    request: (id) => `GET /global-datastores?MaxRecords=${sizeOf(id)}`,
    contains: (id) => `MaxRecords=${sizeOf(id)}`,
  },
  createGlobalDatastore: {
    body: (id) => ({ GlobalReplicationGroupIdSuffix: id, PrimaryReplicationGroupId: `${id}-us-east-1` }),
    secondaries: 'no datastore',
  },
  addMember: {
    body: (id) => ({ ReplicationGroupId: `${id}-eu-west-1`, ReplicationGroupRegion: 'eu-west-1' }),
  },
  removeMember: {
    kind: 'anywhere',
    request: (id) => requestFor(routes.removeMember, id, 'eu-west-1').request,
    secondaries: ['eu-west-1'],
  },
  failoverGlobalDatastore: {
    kind: 'anywhere',
    body: (id) => ({ PrimaryRegion: 'eu-west-1', PrimaryReplicationGroupId: `${id}-eu-west-1` }),
    secondaries: ['eu-west-1'],
  },
  modifyMember: { body: () => ({ ReplicasPerNodeGroup: 2 }), showsAtOnce: true },
  modifyGlobalDatastore: { body: () => ({ CacheNodeType: 'cache.r7g.xlarge' }), showsAtOnce: true },
  scaleNodeGroups: { body: () => ({ NodeGroupCount: 3 }), showsAtOnce: true },
};

/** The contracts that call ElastiCache and are not tested here, each with the reason. */
const excluded: Readonly<Record<string, string>> = {
  applyTopology: 'An operation makes its changes: test/operations/ injects faults there.',
  startDrill: 'An operation makes its changes: test/handlers/startDrill.test.ts injects faults there.',
  rotateAuthToken: 'An operation makes its changes: test/handlers/rotateAuthToken.test.ts injects faults there.',
  startEvacuation: 'Operations make its changes: test/resilience/evacuation.test.ts injects faults there.',
  listReplicationGroups: 'Its call names no id that tells it from the others; it is getReplicationGroup without an id.',
};

/** Returns the subject of a contract, derived from the contract. */
function derivedSubject(contract: Route): Subject {
  const action = contract.awsActions.find((name) => !isRead(name)) ?? contract.awsActions[0] ?? '';
  const searches = contract.subject === 'datastore' || contract.subject === 'none';
  const change = isSafeToRetry(action) ? 'keyed' : 'once';
  return {
    kind: contract.method === 'GET' ? (searches ? 'search' : 'read') : change,
    action,
    request: (id) => requestFor(contract, id).request,
    ...(contract.body && { body: (id) => requestFor(contract, id).body ?? {} }),
  };
}

const subjects: Readonly<Record<string, Subject>> = Object.fromEntries(
  contractsThat(routes, ({ awsActions }) => awsActions.length > 0)
    .filter(([name]) => !(name in excluded))
    .map(([name, contract]) => [name, { ...derivedSubject(contract), ...overrides[name] }]),
);

/** The kinds of results of an attempt that the API handles differently. */
type ResultKind = 'throttled' | 'lost' | 'useless' | 'late' | 'refused' | 'fine';

interface FaultCase {
  readonly mode: Mode;
  readonly resultKind: ResultKind;
  /** The code of the problem of a read. */
  readonly code?: string;
  /** Whether `npm test` injects it, too. */
  readonly short?: boolean;
}

const throttling = (code: string, status: number): [string, FaultCase] => [
  `${code} ${status}`,
  { mode: fault(code, status), resultKind: 'throttled', code: 'UpstreamThrottled', short: code === 'Throttling' },
];

const faults: Readonly<Record<string, FaultCase>> = {
  ...Object.fromEntries([
    throttling('Throttling', 400),
    throttling('ThrottlingException', 400),
    throttling('ThrottledException', 400),
    throttling('RequestThrottled', 400),
    throttling('RequestThrottledException', 400),
    throttling('RequestLimitExceeded', 503),
    throttling('TooManyRequestsException', 429),
    throttling('BandwidthLimitExceeded', 400),
    throttling('LimitExceededException', 400),
    throttling('PriorRequestNotComplete', 400),
    throttling('SlowDown', 503),
    throttling('EC2ThrottledException', 503),
  ]),
  'InternalFailure 500': { mode: modes.error500, resultKind: 'lost', code: 'UpstreamError', short: true },
  'ServiceUnavailable 503': { mode: modes.error503, resultKind: 'lost', code: 'UpstreamError' },
  reset: { mode: modes.reset, resultKind: 'lost', code: 'UpstreamUnreachable', short: true },
  'reset after effect': {
    mode: afterEffect(modes.reset),
    resultKind: 'lost',
    code: 'UpstreamUnreachable',
    short: true,
  },
  'close after effect': { mode: afterEffect(modes.close), resultKind: 'lost', code: 'UpstreamUnreachable' },
  '500 after effect': { mode: afterEffect(modes.error500), resultKind: 'lost', code: 'UpstreamError' },
  'half a response': { mode: modes.cut, resultKind: 'lost', code: 'UpstreamUnreachable' },
  'half of the XML': { mode: modes.truncated, resultKind: 'lost', code: 'UpstreamAnswerInvalid', short: true },
  'malformed XML': { mode: modes.garbage, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'empty response': { mode: modes.empty, resultKind: 'lost', code: 'UpstreamAnswerInvalid', short: true },
  'empty after effect': { mode: afterEffect(modes.empty), resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'response of another operation': { mode: modes.otherOperation, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'HTML 200': { mode: modes.html200, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'HTML 404': { mode: modes.html404, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'HTML 500': { mode: modes.html500, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'JSON 200': { mode: modes.json, resultKind: 'lost', code: 'UpstreamAnswerInvalid' },
  'entity bomb': { mode: modes.bomb, resultKind: 'lost', code: 'UpstreamAnswerInvalid', short: true },
  'redirect 307': { mode: modes.redirect, resultKind: 'useless', code: 'UpstreamError', short: true },
  '50 MB with length': { mode: modes.large, resultKind: 'useless', code: 'UpstreamAnswerInvalid' },
  '50 MB without length': {
    mode: modes.largeWithoutLength,
    resultKind: 'useless',
    code: 'UpstreamAnswerInvalid',
    short: true,
  },
  hang: { mode: modes.hang, resultKind: 'late', code: 'UpstreamTimeout', short: true },
  'hang after effect': { mode: afterEffect(modes.hang), resultKind: 'late', code: 'UpstreamTimeout', short: true },
  'head without body': { mode: modes.stall, resultKind: 'late', code: 'UpstreamTimeout' },
  'slow drip': { mode: modes.drip, resultKind: 'late', code: 'UpstreamTimeout', short: true },
  'drip after effect': { mode: afterEffect(modes.drip), resultKind: 'late', code: 'UpstreamTimeout' },
  'InvalidParameterValue 400': {
    mode: fault('InvalidParameterValue', 400),
    resultKind: 'refused',
    code: 'InvalidParameterValueException',
    short: true,
  },
  'AccessDenied 403': { mode: fault('AccessDenied', 403), resultKind: 'refused', code: 'UpstreamAccessDenied' },
  'unknown code 400': { mode: fault('SomethingNew', 400), resultKind: 'refused', code: 'UpstreamError' },
  'wrong content type': { mode: modes.wrongType, resultKind: 'fine', short: true },
};

/** Returns whether the call takes effect in spite of the fault. */
const isExecuted = (name: string): boolean => /after effect|half/.test(name);

interface Outcome {
  readonly status: number;
  readonly code?: string | undefined;
  readonly attempts: number;
}

/** Returns the expected outcome if every attempt ends in the fault. */
function whenAlways(
  name: string,
  faultCase: FaultCase,
  { kind, action, showsAtOnce }: Subject,
  route: string,
): Outcome {
  const { resultKind, code } = faultCase;
  const limits = limitsOf(faultCase);
  const success = { status: /^(Describe)/.test(action) ? 200 : 202 };
  const regionCount = kind === 'search' || kind === 'anywhere' ? regions.length : 1;
  const isReadKind = kind === 'read' || kind === 'search';
  const attemptsBeforeTimeout = regionCount > 1 && limits.regionMs < limits.attemptMs ? 1 : 3;
  const attemptsByKind = {
    throttled: 3,
    lost: kind === 'once' ? 1 : 3,
    useless: 1,
    late: kind === 'once' ? 1 : attemptsBeforeTimeout,
    refused: 1,
    fine: 1,
  };

  if (resultKind === 'fine') return { ...success, attempts: route === 'listGlobalDatastores' ? 2 : 1 };
  if (resultKind === 'throttled') return { status: 503, code, attempts: 3 * regionCount };
  if (resultKind === 'refused') {
    const isContinued = kind === 'search' || (kind === 'anywhere' && code === 'UpstreamError');
    return {
      status: { UpstreamAccessDenied: 500, UpstreamError: 502 }[code ?? ''] ?? 400,
      code,
      attempts: isContinued ? 2 : 1,
    };
  }
  const attempts = attemptsByKind[resultKind] * regionCount;
  const status = resultKind === 'late' ? 504 : 502;
  if (isReadKind) return { status, code, attempts };
  return isExecuted(name) && (kind !== 'once' || showsAtOnce)
    ? { ...success, attempts }
    : { status, code: 'OutcomeUnknown', attempts };
}

/** Returns the expected outcome if one attempt ends in the fault and the next ones succeed. */
function whenOnce(name: string, faultCase: FaultCase, { kind, action, showsAtOnce }: Subject, route: string): Outcome {
  const { resultKind, code } = faultCase;
  const limits = limitsOf(faultCase);
  const success = { status: /^(Describe)/.test(action) ? 200 : 202 };
  const isRepeated = resultKind === 'throttled' || (kind !== 'once' && resultKind !== 'useless');
  const hasOtherRegions = kind === 'search' || kind === 'anywhere';
  const status = resultKind === 'late' ? 504 : 502;
  if (route === 'listGlobalDatastores') {
    const isRetried = resultKind === 'late' ? limits.regionMs > limits.attemptMs : isRepeated;
    return { ...success, attempts: isRetried ? 3 : 2 };
  }
  if (isRepeated || hasOtherRegions) return { ...success, attempts: 2 };
  if (isExecuted(name) && (kind === 'keyed' || showsAtOnce)) return { ...success, attempts: 1 };
  return { status, code: kind === 'read' ? code : 'OutcomeUnknown', attempts: 1 };
}

/** Returns the forms of a fault. A refusal and a success have one form, since they are not retried. */
const formsOf = ({ resultKind }: FaultCase) =>
  (
    [
      ['always', whenAlways, Number.POSITIVE_INFINITY],
      ['once', whenOnce, 1],
    ] as const
  ).slice(0, resultKind === 'refused' || resultKind === 'fine' ? 1 : 2);

const selected = Object.entries(faults).filter(([, { short }]) => full || short);
const rows: { fault: string; when: string; kind: Kind; actual: string; ms: number }[] = [];
let unexpectedCount = 0;
let msAfterHang = 0;

for (const [name, faultCase] of selected) {
  vi.resetModules(); // a new container, with a retry budget of its own
  const proxy = createProxy();
  const limits = limitsOf(faultCase);
  const isSlow = faultCase.resultKind === 'late' || faultCase.resultKind === 'throttled';
  const { call, emulator } = await startApi({
    proxy,
    regions,
    environment: {
      ATTEMPT_MS: `${limits.attemptMs}`,
      REGION_MS: `${limits.regionMs}`,
      REQUEST_MS: `${limits.requestMs}`,
      UNRESPONSIVE_MS: '0', // a timeout of one route must not affect another
    },
  });

  describe(name, { concurrent: isSlow }, () => {
    it.for(formsOf(faultCase))(
      '%s: every route ends as expected',
      { timeout: 60_000 },
      async ([when, expected, times]) => {
        const cases = Object.entries(subjects).map(([route, subject], index) => ({
          route,
          subject,
          id: `${when}-${index}x`,
        }));
        await Promise.all(cases.map(({ subject, id }) => createResources(id, subject)));
        const outcomes = await Promise.all(
          cases.map(async ({ route, subject, id }) => ({
            route,
            ...(await runCase(subject, id, times)),
            expected: expected(name, faultCase, subject, route),
          })),
        );

        for (const { route, ms, actual } of outcomes) {
          rows.push({ fault: name, when, kind: subjects[route]?.kind ?? 'read', actual, ms });
        }
        const unexpected = outcomes.filter(
          (outcome) => outcome.actual !== format(outcome.expected) || outcome.ms > limits.requestMs + 1_000,
        );
        unexpectedCount += unexpected.length;
        expect(unexpected).toEqual([]);
      },
    );
  });

  async function runCase({ action, request, body, contains }: Subject, id: string, times: number) {
    const which = { action, contains: contains?.(id) ?? id };
    proxy.inject(faultCase.mode, { ...which, times });
    const before = proxy.countCalls(which);
    const start = performance.now();
    const response = await call(request(id), { ...(body && { body: body(id) }) });
    const ms = performance.now() - start;
    const outcome = { status: response.status, code: response.body.code, attempts: proxy.countCalls(which) - before };
    return { actual: format(outcome), ms };
  }

  /** Creates the resources of the request directly in AWS. */
  async function createResources(id: string, { secondaries = [] }: Subject): Promise<void> {
    if (secondaries === 'no datastore') await emulator.seed(`${id}-us-east-1`);
    else await datastores(emulator).make(id, secondaries, clusterMode);
  }
}

describe('60 concurrent requests to an ElastiCache that hangs', async () => {
  vi.resetModules();
  const proxy = createProxy();
  const { call } = await startApi({ proxy, regions: ['us-east-1'], environment: { REQUEST_MS: '3000' } });

  it('all get a response, and the next one succeeds', async () => {
    proxy.inject(modes.hang, { times: 60 });

    const responses = await Promise.all(Array.from({ length: 60 }, () => call('GET /global-datastores')));

    expect(responses.filter(({ status }) => status === 504)).toHaveLength(60);
    const start = performance.now();
    expect(await call('GET /global-datastores')).toMatchObject({ status: 200 });
    msAfterHang = performance.now() - start;
  });
});

const format = ({ status, code, attempts }: Outcome) => `${[status, code].filter(Boolean).join(' ')} ×${attempts}`;

afterAll(() => {
  const kinds: Kind[] = ['read', 'search', 'keyed', 'anywhere', 'once'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const table = selected.flatMap(([fault]) =>
    ['always', 'once'].map((when) => {
      const matching = rows.filter((row) => row.fault === fault && row.when === when);
      const cells = kinds.map((kind) =>
        [...new Set(matching.filter((row) => row.kind === kind).map(({ actual }) => actual))].join(', '),
      );
      return matching.length > 0
        ? line([fault, when, ...cells, (Math.max(...matching.map(({ ms }) => ms)) / 1000).toFixed(1)])
        : '';
    }),
  );
  const slowest = Math.max(...rows.map(({ ms }) => ms)) / 1000;
  if (full) process.stdout.write(`\n${line(['fault', 'when', ...kinds, 'slowest, s'])}${table.join('')}`);
  process.stdout.write(
    `\n60 of 60 requests on a hung ElastiCache with a response; the next success after ${msAfterHang.toFixed(0)} ms`,
  );
  process.stdout.write(
    `\n${rows.length} injected faults: ${unexpectedCount} unexpected; slowest response ${slowest.toFixed(1)} s of ${real.requestMs / 1000}\n`,
  );
});
