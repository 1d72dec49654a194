import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../../support/api.ts';
import { pass } from './clock.ts';
import {
  type Account,
  type Attempt,
  checkClaim,
  checkLaterChange,
  checkRightOfChange,
  checkRightOfReply,
  checkRule,
  owners,
  type Violation,
} from './oracle.ts';
import { type Described, ownerTag, type Stage } from './stage.ts';
import { awsCalls, type Renewal, requests, rules, type Step, type Story, type Try } from './story.ts';
import { type Call, type Fault, Run, within } from './transport.ts';

/** The result of a story. */
export interface Played {
  readonly violations: readonly Violation[];
  /** The story as numbered lines. */
  readonly lines: readonly string[];
  /** The faults that occurred in the tries of ana, such as `killed after`. */
  readonly disturbances: readonly string[];
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

/** Plays a story on a stage: sends its requests and AWS calls, injects its faults, and checks what the oracle checks. */
export async function play(stage: Stage, story: Story): Promise<Played> {
  const policy = { ...(story.owners && ownerPolicy), ...(story.rule && rules[story.rule]) };
  const name = stage.set(story.wish.members, policy);
  const datastoreId = `ldgnf-${name}`;
  const account: Account = { story, name, changes: [], attempts: [], coolingDown: false };
  const violations: Violation[] = [];
  const lines: string[] = [];
  const disturbances: string[] = [];
  const executions = new Set<string>();
  const operations: { readonly id: string; readonly owner: string | undefined }[] = [];
  const everOwned = new Map<string, Set<string>>();
  const everAsked: Record<string, string> = {};
  const key = randomUUID();
  let asked: Request = { request: '' };

  try {
    tell(`The policy is ${JSON.stringify(policy)}. ${datastoreId} has ${story.wish.members} members of owner a.`);
    await prepare();
    const headers = await headersOf();
    for (const each of story.tries) await tryOnce(each, headers);
    if (story.owners) await look();
  } finally {
    await stopAll();
  }
  return { violations, lines: lines.map((line, index) => `${index + 1}. ${shown(line)}`), disturbances };

  function tell(line: string): void {
    lines.push(line);
  }

  function shown(line: string): string {
    return line
      .replaceAll(name, 'orders')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
      .slice(0, 600);
  }

  function found(those: readonly Violation[]): void {
    violations.push(...those);
    for (const { promise, detail } of those) tell(`   VIOLATED: ${promise}: ${detail}`);
  }

  /** Creates the state that the story needs besides the datastore: failovers for the cool-down, an operation to cancel. */
  async function prepare(): Promise<void> {
    asked = story.wish.request(name);
    if (story.rule === 'FailoverCooldownMinutes') {
      await ask('ben', requests.failoverEu(name));
      stage.rest();
      await callAws('failoverUs');
      stage.rest();
    }
    if (story.wish.route !== 'cancelOperation') return;
    const { reply } = await ask('ben', requests.detachAll(name));
    asked = named(asked, `${reply?.body?.OperationId}`);
  }

  async function headersOf(): Promise<Record<string, string>> {
    const headers: Record<string, string> = story.key ? { 'idempotency-key': key } : {};
    if (story.ifMatch === '*') return { ...headers, 'if-match': '*' };
    if (story.ifMatch === 'none') return headers;
    const { reply } = await ask('ana', { request: `GET /global-datastores/${datastoreId}` });
    return { ...headers, 'if-match': reply?.headers.etag ?? '*' };
  }

  async function tryOnce({ fault, rested, afterwards }: Try, headers: Record<string, string>): Promise<void> {
    if (rested) stage.rest();
    const { attempt } = await ask('ana', asked, { headers, fault, isTry: true });
    const struck = attempt?.run.disturbance;
    if (struck) disturbances.push(`${fault?.how}`);
    pass(30_000);
    for (const step of afterwards) await take(step);
  }

  async function take(step: Step): Promise<void> {
    if (step.rested) stage.rest();
    if ('renews' in step) await renew(step.renews);
    else if ('asks' in step) await ask(step.by, requestOf(step.asks));
    else if ('calls' in step) await callAws(step.calls);
    else if ('tags' in step) tag(step.tags);
    else letPass(step.passes);
  }

  function requestOf(what: keyof typeof requests | 'the same'): Request {
    return what === 'the same' ? asked : named(requests[what](name), operations.at(-1)?.id ?? `${datastoreId}_none`);
  }

  function named(request: Request, operation: string): Request {
    return { ...request, request: request.request.replace('{running}', operation) };
  }

  function letPass(what: 'one step' | 'half a minute'): void {
    if (what === 'one step') stage.tick();
    else pass(30_000);
    tell(what === 'one step' ? 'Each change in progress takes one step.' : 'Half a minute passes.');
  }

  /** Sends a request of a caller in its own run. */
  async function ask(
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
      before.set(call, stage.describe(datastoreId));
      if (attempt && call.how !== 'throttled')
        attempt.sent ??= { after: account.changes.length, datastore: before.get(call) };
    });
    const attempt: Attempt | undefined = isTry ? { run, changes: [] } : undefined;
    if (attempt) account.attempts.push(attempt);
    noteOwners();
    everAsked[by] = `${everAsked[by]} ${JSON.stringify(request)}`;

    const { body } = request;
    const options = { caller: arn(by), headers, ...(body && { body }) };
    const answered = within(run, () => stage.call(request.request, options)).then(
      (reply) => ({ reply }),
      (error: Error) => ({ error }),
    );
    const end = await Promise.race([answered, run.killed.promise, sleep(30_000, 'late' as const, { ref: false })]);
    const reply = end && typeof end === 'object' && 'reply' in end ? end.reply : undefined;
    if (attempt) attempt.reply = reply;
    const given = Object.entries(headers).map(([header, value]) => `, ${header}: ${value === key ? 'k1' : value}`);
    const text = `${by}: ${request.request}${body ? ` ${JSON.stringify(body)}` : ''}${given.join('')}`;
    tell(`${text}${run.disturbance ? `; ${run.disturbance}` : ''} → ${reply ? summaryOf(reply) : 'no answer'}`);

    noteOwners();
    found(during);
    if (reply?.body?.OperationId) operations.push({ id: reply.body.OperationId, owner: owners[by] });
    if (!run.isKilled) found(checkAnswer(reply, end));
    if (reply && attempt) found(checkClaim(account, attempt, stage));
    if (reply) found(checkRightOfReply(account, by, request, reply, foreignTo(by, reply), stage));
    return { reply, attempt };
  }

  /** Records a change after the response of AWS. Returns the violations that it causes. */
  function record({ by }: Run, attempt: Attempt | undefined, call: Call, before: Described | undefined): Violation[] {
    const skipped = attempt ? checkRule(account, call, before, stage) : [];
    if (!isEffective(call)) return skipped;
    attempt?.changes.push(call);
    const broken = [
      ...skipped,
      ...checkRightOfChange(account, by, call, stage),
      ...(attempt ? checkLaterChange(account, attempt, stage, before) : []),
    ];
    account.changes.push({ by, throughApi: true, action: call.action });
    noteLife(call.action, !attempt);
    return broken;
  }

  /** Returns whether a call changed something. A repeated start or stop of an execution changes nothing. */
  function isEffective({ status = 500, service, action, execution, input }: Call): boolean {
    if (status >= 300) return false;
    if (service !== 'Lambda') return true;
    const arn = execution ?? input.execution ?? '';
    if (action === 'POST stop') return executions.delete(arn);
    const isNew = !executions.has(arn) && !started.has(arn);
    started.add(arn);
    executions.add(arn);
    return isNew;
  }

  /** Starts the cool-down at a failover of ben or eve through the API. Ends it when the datastore is created. */
  function noteLife(action: string, throughApi: boolean): void {
    if (action === 'CreateGlobalReplicationGroup') account.coolingDown = false;
    if (action === 'FailoverGlobalReplicationGroup' && throughApi) account.coolingDown = true;
  }

  async function callAws(what: keyof typeof awsCalls): Promise<void> {
    const [region, action, input] = awsCalls[what](name);
    aws(region, action, input);
  }

  /** Calls AWS directly, not through the API. Returns whether AWS accepted the call. */
  function aws(region: string, action: string, input: object): boolean {
    const text = `the world calls ${action} in ${region} with ${JSON.stringify(input)}`;
    try {
      stage.aws(region, action, input);
    } catch (fault) {
      tell(`${text} → ${(fault as Error).message}`);
      return false;
    }
    tell(`${text} → accepted`);
    account.changes.push({ by: 'the world', throughApi: false, action });
    noteLife(action, false);
    noteOwners();
    return true;
  }

  /** Sets the owner tag of members to b, directly in AWS. */
  function tag(which: 'all members' | 'the primary'): void {
    const { Members = [] } = stage.describe(datastoreId) ?? {};
    for (const { ReplicationGroupId: id, ReplicationGroupRegion: region, Role } of Members) {
      if (which === 'the primary' && Role !== 'PRIMARY') continue;
      const ResourceName = `arn:aws:elasticache:${region}:000000000000:replicationgroup:${id}`;
      if (!aws(region, 'AddTagsToResource', { ResourceName, Tags: [{ Key: ownerTag, Value: 'b' }] })) continue;
      account.changes.splice(-1, 1, {
        by: 'the world',
        throughApi: false,
        action: 'AddTagsToResource',
        isTagging: true,
      });
    }
  }

  /** Deletes the datastore and creates another one with the same id. */
  async function renew({ deletedBy, madeBy, samePrimary, rests }: Renewal): Promise<void> {
    for (const { ReplicationGroupRegion, ReplicationGroupId, Role } of stage.describe(datastoreId)?.Members ?? []) {
      if (Role === 'PRIMARY') continue;
      const member = { ReplicationGroupRegion, ReplicationGroupId };
      const path = `/global-datastores/${datastoreId}/members/${ReplicationGroupRegion}/${ReplicationGroupId}`;
      const input = { GlobalReplicationGroupId: datastoreId, ...member };
      if (deletedBy === 'ben') await ask('ben', { request: `DELETE ${path}` });
      else aws('us-east-1', 'DisassociateGlobalReplicationGroup', input);
      stage.rest();
    }
    if (deletedBy === 'ben') await ask('ben', requests.delete(name));
    else await callAws('delete');
    stage.rest();
    const isForB = madeBy === 'eve' || madeBy === 'the world for b';
    const create = isForB ? 'createForB' : samePrimary ? 'createSame' : 'createOther';
    if (madeBy === 'ben' || madeBy === 'eve') await ask(madeBy, requests[create](name));
    else await callAws(create);
    if (rests) stage.rest();
  }

  /** Reads the datastore, its audit trail, its operations and the list of datastores as ana and as eve. */
  async function look(): Promise<void> {
    for (const by of ['ana', 'eve']) {
      await ask(by, { request: `GET /global-datastores/${datastoreId}` });
      await ask(by, { request: `GET /global-datastores/${datastoreId}/audit` });
      await ask(by, { request: `GET /operations?GlobalReplicationGroupId=${datastoreId}` });
      await ask(by, { request: 'GET /global-datastores?ShowMemberInfo=true' });
    }
  }

  function noteOwners(): void {
    for (const { region, id } of stage.groups()) {
      const owner = stage.ownerOf(region, id);
      const before = everOwned.get(id) ?? new Set();
      everOwned.set(id, owner === undefined ? before : before.add(owner));
    }
  }

  /**
   * Returns the ids of groups and operations that the owner of a caller has never had and the caller has never sent. A
   * refusal may name the operation that is its reason.
   */
  function foreignTo(by: string, { status }: Reply): string[] {
    const owner = owners[by] ?? '';
    const unreadable = stage.groups().filter(({ hidesTags }) => hidesTags);
    const groups = [...everOwned]
      .filter(([id, those]) => !those.has(owner) && !unreadable.some((group) => group.id === id))
      .map(([id]) => id);
    const others = operations.filter((operation) => operation.owner !== owner).map(({ id }) => id);
    const names = status < 300 ? [...groups, ...others] : groups;
    return names.filter((one) => !everAsked[by]?.includes(one));
  }

  /** Stops the executions of this story, so that the API does not list them in the next ones. */
  async function stopAll(): Promise<void> {
    for (const execution of executions) {
      const url = `${stage.lambda}/2025-12-01/durable-executions/${encodeURIComponent(execution)}/stop`;
      await fetch(url, { method: 'POST' });
    }
  }
}

/** The ARNs of the executions of all stories. */
const started = new Set<string>();

function summaryOf({ status, headers, body }: Reply): string {
  const replayed = headers['idempotency-replayed'] ? ' replayed' : '';
  const told = body?.code ? ` ${body.code}: ${body.detail}` : '';
  return `${status}${replayed}${told}`;
}

/** Returns a violation unless a success, a 304 or a problem other than InternalError was returned within 30 s. */
function checkAnswer(reply: Reply | undefined, end: unknown): Violation[] {
  const broken = (detail: string): Violation[] => [{ promise: 'a run without an answer', where: 'answer', detail }];
  if (end === 'late') return broken('no answer within 30 s');
  if (!reply) return broken((end as { error: Error }).error.message);
  const isProblem = reply.headers['content-type']?.startsWith('application/problem+json') ?? false;
  if (reply.status < 300 || reply.status === 304) return [];
  if (!isProblem || reply.body?.code === 'InternalError') return broken(`the answer is ${summaryOf(reply)}`);
  return [];
}
