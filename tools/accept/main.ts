import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { STSClient } from '@aws-sdk/client-sts';
import { type GlobalDatastores, globalDatastores } from '../../client/index.ts';
import { sigv4 } from '../../client/sigv4.ts';
import { type AwsAccount, readAccount } from '../../local/awsAccount.ts';
import { type Environment, readEnvironment } from '../deploy/environment.ts';
import { changesThroughApi } from './changes.ts';
import { type CleanUp, cleanUp, commonPrefix, listRemainders } from './cleanUp.ts';
import { describeCost, limitHours } from './cost.ts';
import { findingsOfMarks, formatReport, isFine, type Report } from './report.ts';
import { createAws, type Names, startModel } from './subject.ts';
import { type Walk, walk } from './walk.ts';

const usage = `npm run accept -- --environment NAME [--yes] [--json] [--owner NAME] [--url URL] [--poll SECONDS]
npm run accept -- --environment NAME --clean [--yes]

Walks through your account with the deployed API of environments/NAME.yml: makes replication groups and a datastore of the smallest nodes
in two regions, fails over, and takes everything apart, also when it is cut off. Reports for each mark "unverified:" of the code
whether AWS agrees. It says what it costs and asks first; --yes starts without a question.

  --clean         take apart what a walk has left that was killed; nothing else has names that begin with ${commonPrefix}-
  --json          print the report as JSON
  --owner NAME    the owner of the replication groups, if the policy has an OwnerTag
  --url URL       the API. By default the domain of the environment, or the output of its stack
  --poll SECONDS  the pause between two reads of a change (15)
  ACCEPT_TOKEN    the token for an API with auth: jwt

The exit code is 1 if AWS differs, if the walk ended early, or if something is left.`;

/** The validated options of the command line. */
interface Plan {
  readonly name: string;
  readonly environment: Environment;
  readonly regions: readonly [string, string];
  readonly tags: Names['tags'];
  readonly options: ReturnType<typeof readOptions>;
  readonly pollMs: number;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  const plan = planOf(options);
  const account = await readAccount(plan.regions[0]);
  if (options.clean) return cleanOnly(plan, account);
  const client = await createClient(plan);
  const prefix = `${commonPrefix}-${randomBytes(6).toString('hex').slice(0, 8)}`;
  tell(`Account ${account.account}, as ${account.arn}, in ${plan.regions.join(' and ')}.\n${describeCost()}`);
  for (const name of await listRemainders(cleanUpOf(plan)))
    tell(`An earlier walk has left ${name}: --clean takes it apart.`);
  await confirm(options.yes, `Make the resources ${prefix}-* in account ${account.account}?`);
  const report = await accept(plan, account, client, prefix);
  console.log(options.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
  if (!isFine(report)) process.exitCode = 1;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      environment: { type: 'string' },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      owner: { type: 'string' },
      url: { type: 'string' },
      poll: { type: 'string', default: '15' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

/** Checks the options and the environment. Throws an error with the remedy. */
function planOf(options: Plan['options']): Plan {
  const { environment: name, poll } = options;
  if (name === undefined) throw new Error(`--environment is missing.\n\n${usage}`);
  const environment = readEnvironment(name);
  const { apiRegions, regions = apiRegions, policy } = environment;
  const [home = '', other] = [...new Set([...apiRegions.slice(0, 1), ...regions])];
  if (other === undefined)
    throw new Error(`environments/${name}.yml: regions: must have two regions for a walk, not ${regions.join(', ')}.`);
  if (!(Number(poll) > 0)) throw new Error(`--poll is a number of seconds, not ${poll}.`);
  return {
    name,
    environment,
    regions: [home, other],
    tags: tagsOf(name, policy, options.owner),
    options,
    pollMs: Number(poll) * 1000,
  };
}

function tagsOf(name: string, policy: object | undefined, owner: string | undefined): Names['tags'] {
  const { OwnerTag: Key, Owners = {} } = (policy ?? {}) as { OwnerTag?: string; Owners?: Record<string, string> };
  const known = [...new Set(Object.values(Owners).flat())].filter((each) => each !== '*').join(', ');
  if (Key !== undefined && owner !== undefined) return [{ Key, Value: owner }];
  if (Key === undefined && owner === undefined) return [];
  throw new Error(
    owner === undefined
      ? `environments/${name}.yml: policy.OwnerTag: replication groups need an owner. Give --owner, one of: ${known || 'the values of the tag'}.`
      : `environments/${name}.yml has no policy.OwnerTag, so --owner ${owner} has no meaning. Leave it out.`,
  );
}

/** Creates a client of the API, and reads a list with it. */
async function createClient({ name, environment, regions, options }: Plan): Promise<GlobalDatastores> {
  const { auth = 'iam', apiRegions: [region = ''] = [] } = environment;
  const token = process.env.ACCEPT_TOKEN;
  if (auth === 'jwt' && !token) throw new Error(`environments/${name}.yml: auth: jwt needs a token in ACCEPT_TOKEN.`);
  const url = options.url ?? (await findUrl(name, environment, region));
  const { credentials } = new STSClient({ region: regions[0] }).config;
  const connection = { url, ...(auth === 'jwt' ? { token } : { authorize: sigv4({ region, credentials }) }) };
  const first = globalDatastores({ ...connection, retryMs: 5_000 });
  await first.listGlobalDatastores({}).catch((error: Error) => {
    throw new Error(`The API at ${url} cannot be used: ${error.message} Check --url, and what the caller may do.`);
  });
  return Object.assign(globalDatastores(connection), { url });
}

async function findUrl(name: string, { domain, auth }: Environment, region: string): Promise<string> {
  if (domain) return `https://${domain}`;
  const StackName = `global-datastore-api-${name}`;
  const OutputKey = auth === 'iam+jwt' ? 'SignedHttpApiUrl' : 'HttpApiUrl';
  const found = await new CloudFormationClient({ region })
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error) => {
      throw new Error(
        `The stack ${StackName} in ${region} cannot be read: ${error.message}. Deploy it, or give --url.`,
      );
    });
  const output = found.Stacks?.[0]?.Outputs?.find((each) => each.OutputKey === OutputKey);
  if (output?.OutputValue) return output.OutputValue;
  throw new Error(`The stack ${StackName} in ${region} has no output ${OutputKey}. Give --url.`);
}

/** Runs a walk and removes its resources, also if the walk fails. */
async function accept(plan: Plan, { account }: AwsAccount, client: GlobalDatastores, prefix: string): Promise<Report> {
  const { name, environment, regions, tags, pollMs } = plan;
  const cut = cutOff();
  const signal = AbortSignal.any([cut, AbortSignal.timeout(limitHours * 3_600_000)]);
  const names: Names = { prefix, regions, tags };
  const { model, close } = await startModel(names, signal);
  const aws = createAws(names, pollMs, signal);
  const { url } = client as GlobalDatastores & { url: string };
  const deployment = { url, region: environment.apiRegions[0] ?? '', stack: `global-datastore-api-${name}` };
  const changes = changesThroughApi(aws, client, signal);
  const walked: Walk = await walk({ aws, model, changes, deployment, tell, signal });
  tell('Taking everything apart …');
  const left = await cleanUp({ ...cleanUpOf(plan), prefix }).catch(({ message }: Error) => [
    `an unknown rest: ${message}`,
  ]);
  close();
  const { findings, ...rest } = walked;
  return { environment: name, account, regions, prefix, ...rest, marks: findingsOfMarks(findings), left };
}

/**
 * Returns a signal that the first interruption aborts. Later ones are ignored: the resources incur costs until their removal.
 */
function cutOff(): AbortSignal {
  const cut = new AbortController();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // the terminal may be closed
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      tell(cut.signal.aborted ? 'Still taking apart …' : `${name}: the walk ends, and what it made is taken apart.`);
      cut.abort();
    });
  }
  return cut.signal;
}

async function cleanOnly(plan: Plan, { account }: AwsAccount): Promise<void> {
  const remainders = await listRemainders(cleanUpOf(plan));
  if (remainders.length === 0) return console.log(`Nothing of a walk is left in ${plan.regions.join(' and ')}.`);
  tell(remainders.join('\n'));
  await confirm(plan.options.yes, `Take these apart in account ${account}?`);
  const left = await cleanUp(cleanUpOf(plan));
  console.log(left.length === 0 ? 'Everything is taken apart.' : `These are left:\n${left.join('\n')}`);
  if (left.length > 0) process.exitCode = 1;
}

const cleanUpOf = ({ regions, pollMs }: Plan): CleanUp => ({ regions, pollMs, tell });

async function confirm(yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Error('There is no terminal to ask: repeat with --yes. Nothing is changed.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Refused. Nothing is changed.');
}

/** Prints the progress to stderr. Stdout has only the report. */
function tell(line: string): void {
  console.error(line);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
