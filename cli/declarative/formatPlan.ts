import { formatCheck } from '../change.ts';
import type { LoadedFile } from './datastoreFile.ts';
import type { Plan, PlannedChange } from './plannedChange.ts';
import type { State } from './state.ts';

/** Returns the differences as numbered steps, and below them the checks that do not pass, with their places in the file. */
export const formatPlan = ({ changes }: Plan): string =>
  [...stepsOf(changes), ...checksOf(changes, ['warn', 'fail'])].join('\n');

/** Returns all checks, then the differences as numbered steps. */
export const formatDryRun = ({ changes }: Plan): string =>
  [...checksOf(changes, ['pass', 'warn', 'fail']), ...stepsOf(changes)].join('\n');

const stepsOf = (changes: readonly PlannedChange[]): string[] =>
  changes.flatMap(({ plan }) => plan).map((step, index) => `${index + 1}. ${step}`);

const checksOf = (changes: readonly PlannedChange[], outcomes: readonly string[]): string[] =>
  changes.flatMap(({ findings, placeOf }) =>
    (findings?.Checks ?? [])
      .filter(({ Outcome }) => outcomes.includes(Outcome))
      .map((check) => formatCheck(check, placeOf)),
  );

/** Returns the differences for programs. */
export const planData = ({ datastore }: LoadedFile, { id }: State, { changes }: Plan) => ({
  GlobalReplicationGroupId: id ?? datastore.GlobalReplicationGroupId ?? null,
  Changes: changes.map(({ operation, input, plan, findings }) => ({
    Operation: operation,
    Input: input,
    Plan: plan,
    ...(findings && { Valid: findings.Valid, Checks: findings.Checks }),
  })),
});
