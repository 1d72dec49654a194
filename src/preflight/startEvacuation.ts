import { config } from '../config.ts';
import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { mapInBatches } from '../lib/mapInBatches.ts';
import { describeStep } from '../operations/describeStep.ts';
import { survivingPrimaryOf } from '../operations/evacuation/chooseNewPrimary.ts';
import type { Evacuation, Evacuee } from '../operations/evacuation/evacuation.ts';
import { evacuationGoal } from '../operations/evacuation/startEvacuee.ts';
import { type Goal, memberName } from '../operations/goal.ts';
import { atMostWarning, type Check, checkRule } from '../problems/check.ts';
import { assertNoViolations, Problem, type Violation } from '../problems/problem.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { startEvacuation } from '../schemas/startEvacuation.ts';
import type { DryRunResult } from './dryRunResult.ts';
import { checkNoOperationRunning } from './operationCheck.ts';

type Request = ApiRequest<typeof startEvacuation>;

/** A datastore of an evacuation as it was found. One that was refused at once may have no `group`. */
export interface EvacueeWithGroup extends Evacuee {
  readonly group?: GlobalDatastore;
}

/** Throws `ValidationFailed` unless both regions are regions of this API, and differ. */
export function assertValidRegions({ FromRegion, ToRegion }: Request['body']): void {
  const unknown = (region: string | undefined, name: string): Violation[] =>
    region === undefined || config.regions.includes(region)
      ? []
      : [
          {
            pointer: `#/${name}`,
            detail: `${region} is not one of the regions of this API: ${config.regions.join(', ')}.`,
          },
        ];
  const isSame: Violation = { pointer: '#/ToRegion', detail: 'ToRegion must be another region than FromRegion.' };
  assertNoViolations([
    ...unknown(FromRegion, 'FromRegion'),
    ...unknown(ToRegion, 'ToRegion'),
    ...(FromRegion === ToRegion ? [isSame] : []),
  ]);
}

/** Throws `EvacuationOfOwnRegion` with the addresses of the API in other regions if it runs in the region to evacuate. */
export function assertOtherRegion({ FromRegion }: Request['body']): void {
  if (FromRegion !== config.region) return;
  const peers = config.apiRegions.filter((region) => region !== FromRegion);
  const urls = peers.flatMap((region) => config.apiUrls[region] ?? []);
  throw new Problem('EvacuationOfOwnRegion', `This API runs in ${FromRegion}. ${describePeers(FromRegion, peers)}`, {
    remedies: urls.map((url) => ({ method: 'POST', href: `${url}/evacuations` })),
  });
}

function describePeers(FromRegion: string, peers: readonly string[]): string {
  if (peers.length === 0) return `It runs in no other region, so that nothing here survives the loss of ${FromRegion}.`;
  const places = peers.map((region) => {
    const url = config.apiUrls[region];
    return url ? `${url}/evacuations in ${region}` : `its URL in ${region}, which is not configured in apiUrls`;
  });
  return `Send the request to ${places.join(' or ')}.`;
}

/** Returns the checks and the plan of an evacuation, for each datastore. A refused one is a warning: the others continue. */
export async function checkEvacuation(
  { body, query, signal }: Pick<Request, 'body' | 'query' | 'signal'>,
  evacuees: readonly EvacueeWithGroup[],
): Promise<DryRunResult> {
  const results = await mapInBatches(evacuees, (evacuee) =>
    checkEvacuee(signal, body, query.Supersede ?? false, evacuee),
  );
  const found = checkRule('datastores-found', evacuees.length > 0, {
    pass: `Datastores found: ${evacuees.length}.`,
    fail: `None of your datastores has its primary in ${body.FromRegion}.`,
  });
  return {
    Checks: [atMostWarning(found), ...results.flatMap(({ Checks }) => Checks)],
    Plan: results.flatMap(({ Plan }) => Plan),
  };
}

async function checkEvacuee(
  signal: AbortSignal,
  body: Request['body'],
  supersede: boolean,
  { GlobalReplicationGroupId: id, group, Refused }: EvacueeWithGroup,
): Promise<DryRunResult> {
  if (Refused || !group) return notMoved(id, Refused?.Reason ?? '');
  const primary = survivingPrimaryOf(group, body.FromRegion);
  if (primary) return nothingToDo(id, primary.ReplicationGroupRegion ?? '');
  const goal = goalOf(group, body);
  if (goal instanceof Problem) return notMoved(id, goal.message);
  const operation = await checkNoOperationRunning(signal, id, supersede, Promise.resolve(goal));
  return {
    Checks: [checkMove(id, true, `${nameOfTarget(goal)} takes the writes.`), named(id, atMostWarning(operation))],
    Plan: [`${id}: ${describeEvacuation(goal)}`],
  };
}

/** Returns the goal of one datastore, or the problem with which it is refused. */
function goalOf(group: GlobalDatastore, body: Request['body']): Goal | Problem {
  const evacuation: Pick<Evacuation, 'EvacuationId' | 'AcceptedAt'> = { EvacuationId: '', AcceptedAt: '' };
  try {
    return evacuationGoal(group, { ...body, ...evacuation });
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}

const notMoved = (id: string, reason: string): DryRunResult => ({
  Checks: [checkMove(id, undefined, `It is refused: ${reason}`)],
  Plan: [],
});

const nothingToDo = (id: string, region: string): DryRunResult => ({
  Checks: [checkMove(id, true, `Its primary is in ${region} already.`)],
  Plan: [],
});

const checkMove = (id: string, holds: true | undefined, detail: string): Check =>
  named(id, checkRule('evacuation-target', holds, { pass: detail, fail: '', unknown: detail }));

const named = (id: string, check: Check): Check => ({ ...check, Detail: `${id}: ${check.Detail}` });

const nameOfTarget = ({ Members: [target] }: Goal): string => (target ? memberName(target) : '');

function describeEvacuation(goal: Goal): string {
  const [target] = goal.Members;
  if (!target) return '';
  const Member = { ...target, Status: undefined };
  const promote = describeStep({ Do: 'promote', Member, Temporary: false }, goal);
  const { DetachAfterSeconds: seconds } = goal.Evacuation ?? {};
  if (seconds === undefined) return promote;
  return `${promote} If it is not the primary after ${seconds} s: ${describeStep({ Do: 'detach', Member }, goal)}`;
}
