import { expect, it } from 'vitest';
import { proveTopologies, report } from './topologies.ts';

it('reaches every topology or stops with a reason, whatever is lost, refused or killed (npm run prove:topologies)', async () => {
  const figures = await proveTopologies({ runs: 20 });

  expect(figures.trials).toBe(20);
  expect(figures.reached).toBeGreaterThan(0);
  expect(report(figures)).toMatch(/20 topologies: \d+ reached their goal/);
}, 120_000);
