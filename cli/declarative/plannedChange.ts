import { type Findings, GlobalDatastoreError, type GlobalDatastores, type Operations } from '@global-datastore/client';
import { CommandError, exitCodes } from '../exitCodes.ts';

/** The operations that apply a file to a datastore. */
export type ApplyOperation = 'createGlobalDatastore' | 'applyTopology' | 'modifyGlobalDatastore' | 'scaleNodeGroups';

/** One request that applies a part of a file. */
export interface PlannedChange<N extends ApplyOperation = ApplyOperation> {
  /** The names of its settings. Equal for the same change in a later plan. */
  readonly name: string;
  readonly operation: N;
  readonly input: Operations[N]['input'];
  readonly plan: readonly string[];
  /** The result of the dry run. Undefined if the datastore has to be created first. */
  readonly findings?: Findings;
  /** The steps that cannot be undone, or stop writes. */
  readonly dangers: readonly string[];
  /** Returns the place in the file of a pointer into the body of the request. */
  readonly placeOf: (pointer: string) => string;
}

/** The differences between a datastore and a file. */
export interface Plan {
  /** All differences, in the order in which they are shown. Empty if there is none. */
  readonly changes: readonly PlannedChange[];
  /** The next change. Undefined if there is none, or if none is possible now. */
  readonly next?: PlannedChange;
  /** True if other changes follow the next one. */
  readonly hasMore: boolean;
}

/** A change before its dry run. */
export interface Draft<N extends ApplyOperation> extends Omit<PlannedChange<N>, 'plan' | 'findings' | 'dangers'> {
  readonly dangers?: readonly string[];
  /** A text that is added to the last step. */
  readonly note?: string;
}

/** Returns a change with the result of its dry run. */
export async function tryChange<N extends ApplyOperation>(
  client: GlobalDatastores,
  { note = '', dangers = [], ...change }: Draft<N>,
): Promise<PlannedChange> {
  const findings = await client.dryRun(change.operation, change.input).catch((error) => {
    throw withPlaces(error, change);
  });
  const plan = findings.Plan.map((step, index) => (index === findings.Plan.length - 1 ? `${step}${note}` : step));
  return { ...change, dangers, findings, plan };
}

/** Returns the error of a request that does not match its schema with the places in the file. Any other error stays. */
function withPlaces(error: unknown, { placeOf }: Pick<PlannedChange, 'placeOf'>): unknown {
  if (!(error instanceof GlobalDatastoreError) || error.code !== 'ValidationFailed') return error;
  const lines = (error.problem.errors ?? []).map(({ pointer = '#', detail }) => `${placeOf(pointer)} ${detail}`);
  return new CommandError(exitCodes.usage, ['The file is not valid.', ...lines].join('\n  '));
}
