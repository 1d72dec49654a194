import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../../support/api.ts';
import { advanceClock } from './clock.ts';
import { type Described, type Environment, ownerTag } from './environment.ts';
import {
  type Attempt,
  checkChangeAuthorization,
  checkLaterChange,
  checkPolicyRule,
  checkResponseAuthorization,
  checkSuccessClaim,
  groupKey,
  type History,
  owners,
  type Violation,
} from './oracle.ts';
import { awsCalls, type Replacement, requests, rules, type Scenario, type Step, type Try } from './scenario.ts';
import { type Call, type Fault, Run, runWithin } from './transport.ts';

/** The result of a scenario. */
export interface ScenarioResult {
  readonly violations: readonly Violation[];
  /** The scenario as numbered lines. */
  readonly lines: readonly string[];
  /** The faults that occurred in the tries of ana, such as `killed after`. */
  readonly faultKinds: readonly string[];
}

const arn = (user: string) => `arn:aws:iam::123456789012:user/${user}`;
const ownerPolicy = {
  OwnerTag: ownerTag,
  Owners: Object.fromEntries(Object.entries(owners).map(([user, owner]) => [arn(user), owner])),
};

interface Request {
  readonly request: string;
  readonly body?: object;
}

/** Runs a scenario in an environment: sends its requests and AWS calls, injects its faults, and checks what the oracle checks. */
export async function runScenario(environment: Environment, scenario: Scenario): Promise<ScenarioResult> {
  const policy = { ...(scenario.owners && ownerPolicy), ...(scenario.rule && rules[scenario.rule]) };
  const name = environment.reset(scenario.requestedChange.members, policy);
  const datastoreId = `ldgnf-${name}`;
  const history: History = { scenario, name, changes: [], attempts: [], isCoolingDown: false, knownOwners: new Map() };
  const violations: Violation[] = [];
  const lines: string[] = [];
  const faultKinds: string[] = [];
  const executions = new Set<string>();
  const operations: { readonly id: string; readonly owner: string | undefined }[] = [];
  const ownersById = new Map<string, Set<string>>();
  const sentRequests: Record<string, string> = {};
  const key = randomUUID();
  let scenarioRequest: Request = { request: '' };

  try {
    addLine(
      `The policy is ${JSON.stringify(policy)}. ${datastoreId} has ${scenario.requestedChange.members} members of owner a.`,
    );
    await prepare();
    const headers = await createHeaders();
    for (const each of scenario.tries) await runTry(each, headers);
    if (scenario.owners) await readAll();
  } finally {
    await stopAll();
  }
  return { violations, lines: lines.map((line, index) => `${index + 1}. ${formatLine(line)}`), faultKinds };

  function addLine(line: string): void {
    lines.push(line);
  }

  function formatLine(line: string): string {
    return line
      .replaceAll(name, 'orders')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
      .slice(0, 600);
  }

  function report(found: readonly Violation[]): void {
    violations.push(...found);
    for (const { type, detail } of found) addLine(`   VIOLATED: ${type}: ${detail}`);
  }

  /** Creates the state that the scenario needs besides the datastore: failovers for the cool-down, an operation to cancel. */
  async function prepare(): Promise<void> {
    scenarioRequest = scenario.requestedChange.request(name);
    if (scenario.rule === 'FailoverCooldownMinutes') {
      await send('ben', requests.failoverEu(name));
      environment.completeChanges();
      await callAws('failoverUs');
      environment.completeChanges();
    }
    if (scenario.requestedChange.route !== 'cancelOperation') return;
    const { reply } = await send('ben', requests.detachAll(name));
    scenarioRequest = withOperationId(scenarioRequest, `${reply?.body?.OperationId}`);
  }

  async function createHeaders(): Promise<Record<string, string>> {
    const headers: Record<string, string> = scenario.key ? { 'idempotency-key': key } : {};
    if (scenario.ifMatch === '*') return { ...headers, 'if-match': '*' };
    if (scenario.ifMatch === 'none') return headers;
    const { reply } = await send('ana', { request: `GET /global-datastores/${datastoreId}` });
    return { ...headers, 'if-match': reply?.headers.etag ?? '*' };
  }

  async function runTry(
    { fault, waitsForCompletion, afterwards }: Try,
    headers: Record<string, string>,
  ): Promise<void> {
    if (waitsForCompletion) environment.completeChanges();
    const { attempt } = await send('ana', scenarioRequest, { headers, fault, isTry: true });
    const faultSummary = attempt?.run.faultSummary;
    if (faultSummary) faultKinds.push(`${fault?.faultKind}`);
    advanceClock(30_000);
    for (const step of afterwards) await runStep(step);
  }

  async function runStep(step: Step): Promise<void> {
    if (step.waitsForCompletion) environment.completeChanges();
    if ('replacement' in step) await replaceDatastore(step.replacement);
    else if ('requestName' in step) await send(step.by, requestOf(step.requestName));
    else if ('awsCallName' in step) await callAws(step.awsCallName);
    else if ('taggedMembers' in step) tagMembers(step.taggedMembers);
    else advance(step.advances);
  }

  function requestOf(requestName: keyof typeof requests | 'the same'): Request {
    return requestName === 'the same'
      ? scenarioRequest
      : withOperationId(requests[requestName](name), operations.at(-1)?.id ?? `${datastoreId}_none`);
  }

  function withOperationId(request: Request, operation: string): Request {
    return { ...request, request: request.request.replace('{running}', operation) };
  }

  function advance(step: 'one step' | 'half a minute'): void {
    if (step === 'one step') environment.tick();
    else advanceClock(30_000);
    addLine(step === 'one step' ? 'Each change in progress takes one step.' : 'Half a minute passes.');
  }

  /** Sends a request of a caller in its own run. */
  async function send(
    by: string,
    request: Request,
    {
      headers = {},
      fault,
      isTry = false,
    }: { headers?: Record<string, string>; fault?: Fault | undefined; isTry?: boolean } = {},
  ): Promise<{ reply?: Reply | undefined; attempt?: Attempt | undefined }> {
    const before = new Map<Call, Described | undefined>();
    const during: Violation[] = [];
    const run = new Run(by, fault, (call, phase) => {
      if (!call.isChange) return;
      if (phase === 'after') return void during.push(...record(run, attempt, call, before.get(call)));
      before.set(call, environment.describe(datastoreId));
      if (attempt && call.faultKind !== 'throttled')
        attempt.sent ??= { after: history.changes.length, datastore: before.get(call) };
    });
    const attempt: Attempt | undefined = isTry ? { run, changes: [] } : undefined;
    if (attempt) history.attempts.push(attempt);
    recordOwners();
    const readable = readOwners();
    addKnownOwners(readable);
    sentRequests[by] = `${sentRequests[by]} ${JSON.stringify(request)}`;

    const { body } = request;
    const options = { caller: arn(by), headers, ...(body && { body }) };
    const response = runWithin(run, () => environment.call(request.request, options)).then(
      (reply) => ({ reply }),
      (error: Error) => ({ error }),
    );
    const outcome = await Promise.race([
      response,
      run.killed.promise,
      sleep(30_000, 'timeout' as const, { ref: false }),
    ]);
    const reply = outcome && typeof outcome === 'object' && 'reply' in outcome ? outcome.reply : undefined;
    if (attempt) attempt.reply = reply;
    const headerTexts = Object.entries(headers).map(
      ([header, value]) => `, ${header}: ${value === key ? 'k1' : value}`,
    );
    const text = `${by}: ${request.request}${body ? ` ${JSON.stringify(body)}` : ''}${headerTexts.join('')}`;
    addLine(`${text}${run.faultSummary ? `; ${run.faultSummary}` : ''} → ${reply ? summaryOf(reply) : 'no response'}`);

    recordOwners();
    const isAboutDatastore = request.request.includes(`/global-datastores/${datastoreId}`);
    if (isAboutDatastore && reply && reply.status < 300 && !run.faultSummary)
      for (const [group, owner] of readable) history.knownOwners.set(group, new Set([owner]));
    addKnownOwners(readOwners());
    report(during);
    if (reply?.body?.OperationId) operations.push({ id: reply.body.OperationId, owner: owners[by] });
    if (!run.isKilled) report(checkResponse(reply, outcome));
    if (reply && attempt) report(checkSuccessClaim(history, attempt, environment));
    if (reply) report(checkResponseAuthorization(history, by, request, reply, foreignNamesFor(by, reply), environment));
    return { reply, attempt };
  }

  /** Records a change after the response of AWS. Returns the violations that it causes. */
  function record({ by }: Run, attempt: Attempt | undefined, call: Call, before: Described | undefined): Violation[] {
    const skipped = attempt ? checkPolicyRule(history, call, before, environment) : [];
    if (!isEffective(call)) return skipped;
    attempt?.changes.push(call);
    const found = [
      ...skipped,
      ...checkChangeAuthorization(history, by, call, environment),
      ...(attempt ? checkLaterChange(history, attempt, environment, before) : []),
    ];
    history.changes.push({ by, throughApi: true, action: call.action });
    trackCooldown(call.action, !attempt);
    return found;
  }

  /** Returns whether a call changed something. A repeated start or stop of an execution changes nothing. */
  function isEffective({ status = 500, service, action, execution, input }: Call): boolean {
    if (status >= 300) return false;
    if (service !== 'Lambda') return true;
    const arn = execution ?? input.execution ?? '';
    if (action === 'POST stop') return executions.delete(arn);
    const isNew = !executions.has(arn) && !startedExecutions.has(arn);
    startedExecutions.add(arn);
    executions.add(arn);
    return isNew;
  }

  /** Starts the cool-down at a failover of ben or eve through the API. Ends it when the datastore is created. */
  function trackCooldown(action: string, throughApi: boolean): void {
    if (action === 'CreateGlobalReplicationGroup') history.isCoolingDown = false;
    if (action === 'FailoverGlobalReplicationGroup' && throughApi) history.isCoolingDown = true;
  }

  async function callAws(awsCallName: keyof typeof awsCalls): Promise<void> {
    const [region, action, input] = awsCalls[awsCallName](name);
    aws(region, action, input);
  }

  /** Calls AWS directly, not through the API. Returns whether AWS accepted the call. */
  function aws(region: string, action: string, input: object): boolean {
    const text = `an external client calls ${action} in ${region} with ${JSON.stringify(input)}`;
    try {
      environment.aws(region, action, input);
    } catch (fault) {
      addLine(`${text} → ${(fault as Error).message}`);
      return false;
    }
    addLine(`${text} → accepted`);
    history.changes.push({ by: 'an external client', throughApi: false, action });
    trackCooldown(action, false);
    recordOwners();
    return true;
  }

  /** Sets the owner tag of members to b, directly in AWS. */
  function tagMembers(members: 'all members' | 'the primary'): void {
    const { Members = [] } = environment.describe(datastoreId) ?? {};
    for (const { ReplicationGroupId: id, ReplicationGroupRegion: region, Role } of Members) {
      if (members === 'the primary' && Role !== 'PRIMARY') continue;
      const ResourceName = `arn:aws:elasticache:${region}:000000000000:replicationgroup:${id}`;
      if (!aws(region, 'AddTagsToResource', { ResourceName, Tags: [{ Key: ownerTag, Value: 'b' }] })) continue;
      history.changes.splice(-1, 1, {
        by: 'an external client',
        throughApi: false,
        action: 'AddTagsToResource',
        isTagging: true,
      });
    }
  }

  /** Deletes the datastore and creates another one with the same id. */
  async function replaceDatastore({
    deletedBy,
    createdBy,
    hasSamePrimary,
    waitsForCompletion,
  }: Replacement): Promise<void> {
    for (const { ReplicationGroupRegion, ReplicationGroupId, Role } of environment.describe(datastoreId)?.Members ??
      []) {
      if (Role === 'PRIMARY') continue;
      const member = { ReplicationGroupRegion, ReplicationGroupId };
      const path = `/global-datastores/${datastoreId}/members/${ReplicationGroupRegion}/${ReplicationGroupId}`;
      const input = { GlobalReplicationGroupId: datastoreId, ...member };
      if (deletedBy === 'ben') await send('ben', { request: `DELETE ${path}` });
      else aws('us-east-1', 'DisassociateGlobalReplicationGroup', input);
      environment.completeChanges();
    }
    if (deletedBy === 'ben') await send('ben', requests.delete(name));
    else await callAws('delete');
    environment.completeChanges();
    const isForB = createdBy === 'eve' || createdBy === 'an external client for b';
    const create = isForB ? 'createForB' : hasSamePrimary ? 'createSame' : 'createOther';
    if (createdBy === 'ben' || createdBy === 'eve') await send(createdBy, requests[create](name));
    else await callAws(create);
    if (waitsForCompletion) environment.completeChanges();
  }

  /** Reads the datastore, its audit trail, its operations and the list of datastores as ana and as eve. */
  async function readAll(): Promise<void> {
    for (const by of ['ana', 'eve']) {
      await send(by, { request: `GET /global-datastores/${datastoreId}` });
      await send(by, { request: `GET /global-datastores/${datastoreId}/audit` });
      await send(by, { request: `GET /operations?GlobalReplicationGroupId=${datastoreId}` });
      await send(by, { request: 'GET /global-datastores?ShowMemberInfo=true' });
    }
  }

  function recordOwners(): void {
    for (const { region, id } of environment.groups()) {
      const owner = environment.ownerOf(region, id);
      const before = ownersById.get(id) ?? new Set();
      ownersById.set(id, owner === undefined ? before : before.add(owner));
    }
  }

  /** Returns the owners in the tags that AWS returns now, by `groupKey`. */
  function readOwners(): [string, string | undefined][] {
    const readable = environment.groups().filter(({ hidesTags }) => !hidesTags);
    return readable.map((group) => [groupKey(group), environment.ownerOf(group.region, group.id)]);
  }

  /** Adds owners that a request may have read. */
  function addKnownOwners(readable: readonly [string, string | undefined][]): void {
    for (const [group, owner] of readable)
      history.knownOwners.set(group, new Set([...(history.knownOwners.get(group) ?? []), owner]));
  }

  /**
   * Returns the ids of groups and operations that the owner of a caller has never had and the caller has never sent. A
   * refusal may name the operation that is its reason.
   */
  function foreignNamesFor(by: string, { status }: Reply): string[] {
    const owner = owners[by] ?? '';
    const unreadable = environment.groups().filter(({ hidesTags }) => hidesTags);
    const groups = [...ownersById]
      .filter(([id, known]) => !known.has(owner) && !unreadable.some((group) => group.id === id))
      .map(([id]) => id);
    const others = operations.filter((operation) => operation.owner !== owner).map(({ id }) => id);
    const names = status < 300 ? [...groups, ...others] : groups;
    return names.filter((one) => !sentRequests[by]?.includes(one));
  }

  /** Stops the executions of this scenario, so that the API does not list them in the next ones. */
  async function stopAll(): Promise<void> {
    for (const execution of executions) {
      const url = `${environment.lambda}/2025-12-01/durable-executions/${encodeURIComponent(execution)}/stop`;
      await fetch(url, { method: 'POST' });
    }
  }
}

/** The ARNs of the executions of all scenarios. */
const startedExecutions = new Set<string>();

function summaryOf({ status, headers, body }: Reply): string {
  const replayed = headers['idempotency-replayed'] ? ' replayed' : '';
  const problem = body?.code ? ` ${body.code}: ${body.detail}` : '';
  return `${status}${replayed}${problem}`;
}

/** Returns a violation unless a success, a 304 or a problem other than InternalError was returned within 30 s. */
function checkResponse(reply: Reply | undefined, outcome: unknown): Violation[] {
  const violationWith = (detail: string): Violation[] => [
    { type: 'a request without a valid response', where: 'response', detail },
  ];
  if (outcome === 'timeout') return violationWith('no response within 30 s');
  if (!reply) return violationWith((outcome as { error: Error }).error.message);
  const isProblem = reply.headers['content-type']?.startsWith('application/problem+json') ?? false;
  if (reply.status < 300 || reply.status === 304) return [];
  if (!isProblem || reply.body?.code === 'InternalError') return violationWith(`the response is ${summaryOf(reply)}`);
  return [];
}
