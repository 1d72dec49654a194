import { describeStep } from './describeStep.ts';
import type { Goal } from './goal.ts';
import type { ObservedSettings, Plan } from './plan.ts';

/** Formats the steps of a plan for callers. */
export function describePlan({ steps }: Plan, goal: Goal, { unreadable = [] }: ObservedSettings = {}): string[] {
  const texts = [
    ...steps.map((step) => describeStep(step, goal)),
    ...unreadable.map(
      (name) => `Compare the settings of ${name}, which could not be read, and change those that differ.`,
    ),
  ];
  return texts.length > 0 ? texts : [describeStep({ Do: 'done' }, goal)];
}
