import { afterAll, expect, it } from 'vitest';
import { startTestEnvironment } from './environment.ts';
import { proveEvacuations } from './evacuations.ts';
import { proveTopologies, report } from './topologies.ts';

const environment = await startTestEnvironment();
afterAll(environment.close);

it('reaches each topology or stops with a reason, despite faults, refusals and kills (npm run prove:topologies)', async () => {
  const figures = await proveTopologies(environment, { runs: 20 });

  expect(figures.trials).toBe(20);
  expect(figures.reached).toBeGreaterThan(0);
  expect(report(figures)).toMatch(/20 topologies: \d+ reached their goal/);
}, 120_000);

it('moves the writes out of a lost region or stops, despite faults, refusals and kills', async () => {
  const { trials, ways } = await proveEvacuations(environment, { runs: 20 });

  expect(trials).toBe(20);
  expect(ways.FAILOVER).toBeGreaterThan(0);
}, 120_000);
