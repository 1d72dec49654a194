import { proveEvacuations, reportEvacuations } from './evacuations.ts';
import { proveTopologies, report } from './topologies.ts';
import { createWorld } from './world.ts';

// npm run prove:topologies -- [RUNS [SEED]]

const [runs = '200', seed] = process.argv.slice(2);
const options = { runs: Number(runs), ...(seed && { seed: Number(seed) }) };
const world = await createWorld();
console.log(report(await proveTopologies(world, options)));
console.log(reportEvacuations(await proveEvacuations(world, options)));
world.close();
