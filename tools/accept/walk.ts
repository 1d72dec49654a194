import { changesOfModel } from './changes.ts';
import { type Experiment, experiments } from './experiments.ts';
import { type Deployment, NotTried, type ServiceExperiment, serviceExperiments } from './services.ts';
import { type Changes, enter, rest, type StageName, stageNames } from './stages.ts';
import type { Subject } from './subject.ts';

/** The result of an experiment. */
export interface Finding {
  readonly name: string;
  readonly outcome: 'agrees' | 'differs' | 'not tried';
  /** The result at AWS. */
  readonly seen?: string;
  /** The result of this project. */
  readonly expected?: string;
  /** Why it was not tried. */
  readonly reason?: string;
}

/** A walk through all stages. */
export interface Walk {
  readonly findings: readonly Finding[];
  /** The seconds that AWS took for each stage. */
  readonly seconds: Readonly<Partial<Record<StageName, number>>>;
  /** Why the walk ended early, if it did. */
  readonly failure?: string;
}

interface Walkers {
  readonly aws: Subject;
  readonly model: Subject;
  /** The changes of a datastore on AWS. */
  readonly changes: Changes;
  readonly deployment: Deployment;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs all stages. A stage that fails ends the walk. The remaining experiments are `not tried`. */
export async function walk(walkers: Walkers): Promise<Walk> {
  const findings: Finding[] = [];
  const seconds: Partial<Record<StageName, number>> = {};
  try {
    for (const experiment of serviceExperiments) findings.push(await lookAtService(experiment, walkers));
    for (const stage of stageNames) {
      walkers.tell(`${stage} …`);
      const start = Date.now();
      await enter(stage, walkers.model, changesOfModel(walkers.model));
      await enter(stage, walkers.aws, walkers.changes);
      seconds[stage] = Math.round((Date.now() - start) / 1000);
      for (const experiment of experiments.filter((one) => one.stage === stage)) {
        findings.push(await lookAtBoth(experiment, walkers));
      }
    }
    return { findings, seconds };
  } catch (error) {
    const failure = walkers.signal.aborted ? reasonOf(walkers.signal) : explain(error);
    return { findings: [...findings, ...notTried(findings, failure)], seconds, failure };
  }
}

/** Returns the findings of the experiments that did not run. */
const notTried = (findings: readonly Finding[], failure: string): Finding[] =>
  [...serviceExperiments, ...experiments]
    .filter(({ name }) => !findings.some((finding) => finding.name === name))
    .map(({ name }) => ({ name, outcome: 'not tried', reason: failure }));

async function lookAtBoth({ name, stage, look }: Experiment, { aws, model, signal }: Walkers): Promise<Finding> {
  try {
    for (const subject of [model, aws]) await rest(stage, subject);
    const expected = normalize(await look(model), model);
    const seen = normalize(await look(aws), aws);
    return compare(name, seen, expected);
  } catch (error) {
    signal.throwIfAborted();
    return { name, outcome: 'not tried', reason: explain(error) };
  }
}

async function lookAtService({ name, look, expected }: ServiceExperiment, walkers: Walkers): Promise<Finding> {
  try {
    const seen = await look(walkers.deployment);
    return compare(name, seen, expected);
  } catch (error) {
    walkers.signal.throwIfAborted();
    return { name, outcome: 'not tried', reason: error instanceof NotTried ? error.message : explain(error) };
  }
}

/** Compares the results. A denial for a missing right does not count as a result. */
function compare(name: string, seen: string, expected: string): Finding {
  const [denied] = /^AccessDenied.*/m.exec(seen) ?? [];
  if (denied && !expected.includes('AccessDenied')) return { name, outcome: 'not tried', reason: denied };
  return { name, outcome: seen === expected ? 'agrees' : 'differs', seen, expected };
}

/** Replaces ids that differ between accounts. */
const normalize = (text: string, { names, datastoreId }: Subject): string =>
  (datastoreId ? text.replaceAll(datastoreId, 'DATASTORE') : text)
    .replaceAll(names.prefix, 'PREFIX')
    .replaceAll(/\b\d{12}\b/g, 'ACCOUNT');

const reasonOf = ({ reason }: AbortSignal): string =>
  reason.name === 'TimeoutError' ? 'The walk took longer than it may.' : 'The walk was cut off.';

function explain(error: unknown): string {
  const { name, message } = error as Error;
  return `${name === 'Error' ? '' : `${name}: `}${message}`;
}
