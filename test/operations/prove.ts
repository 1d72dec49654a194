import { startTestEnvironment } from './environment.ts';
import { proveEvacuations, reportEvacuations } from './evacuations.ts';
import { proveTopologies, report } from './topologies.ts';

// npm run prove:topologies -- [RUNS [SEED]]

const [runs = '200', seed] = process.argv.slice(2);
const options = { runs: Number(runs), ...(seed && { seed: Number(seed) }) };
const environment = await startTestEnvironment();
console.log(report(await proveTopologies(environment, options)));
console.log(reportEvacuations(await proveEvacuations(environment, options)));
environment.close();
