import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ErrorObject } from 'ajv';
import { type Document, isMap, isNode, LineCounter, parseDocument, type Scalar } from 'yaml';
import { ajv } from '../../src/schemas/ajv.ts';
import { environmentSchema } from './environmentSchema.ts';

/** The contents of `environments/NAME.yml`. */
export interface Environment {
  readonly apiRegions: readonly string[];
  readonly regions?: readonly string[];
  readonly protected?: boolean;
  readonly policy?: object;
  readonly certificates?: Readonly<Record<string, string>>;
  readonly kmsKeys?: Readonly<Record<string, string>>;
  readonly alarmTopics?: Readonly<Record<string, string>>;
  readonly deploymentBuckets?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly tableName?: string;
  readonly auth?: string;
  readonly console?: boolean;
  readonly signInClientId?: string;
  readonly concurrency?: number;
  readonly [parameter: string]: unknown;
}

/** An invalid place in the file. */
interface Fault {
  readonly path: readonly string[];
  /** Whether the fault is in the name of the member, not in its value. */
  readonly isName?: boolean;
  readonly text: string;
}

/** The longest name with which each function has a name of at most 64 characters. */
const longestName = 19;

const validate = ajv({ verbose: true, strictTypes: false, formats: { regex: isRegExp } }).compile(environmentSchema);

/** Reads the environment of this name. Throws an error with each invalid place in the file and its remedy. */
export function readEnvironment(name: string, folder = 'environments'): Environment {
  if (!new RegExp(`^[a-zA-Z][a-zA-Z0-9-]{0,${longestName - 1}}$`).test(name))
    throw new Error(
      `"${name}" is no name of an environment: a letter, then letters, digits and -, at most ${longestName} in all.`,
    );
  const file = `${folder}/${name}.yml`;
  if (!existsSync(file)) throw new Error(`${file} does not exist. Environments are ${environmentsIn(folder)}.`);
  return parseEnvironment(file, readFileSync(file, 'utf8'));
}

/** Returns the place of a member in the file of an environment, and its name. */
export function placeOfMember(name: string, member: string, folder = 'environments'): string {
  const file = `${folder}/${name}.yml`;
  const lineCounter = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter });
  return `${file}:${placeOf({ path: [member], text: '' }, document, lineCounter)}`;
}

const environmentsIn = (folder: string): string =>
  existsSync(folder)
    ? readdirSync(folder)
        .flatMap((file) => /^(.+)\.yml$/.exec(file)?.[1] ?? [])
        .join(', ') || 'none'
    : 'none';

function parseEnvironment(file: string, text: string): Environment {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [syntaxError] = document.errors;
  if (syntaxError) throw new Error(`${file}: ${syntaxError.message}`);
  const environment = document.toJS() as Environment;
  const faults = validate(environment) ? faultsBetweenMembers(environment) : (validate.errors ?? []).flatMap(toFault);
  if (faults.length === 0) return environment;
  throw new Error(faults.map((fault) => `${file}:${placeOf(fault, document, lineCounter)}${fault.text}`).join('\n'));
}

/** Returns the line and the column of a fault, and the name of the member. */
function placeOf({ path, isName }: Fault, document: Document, lineCounter: LineCounter): string {
  const node = isName ? keyNode(document, path) : document.getIn(path, true);
  const { line, col } = lineCounter.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  return `${line}:${col}: ${path.length > 0 ? `${path.join('.')}: ` : ''}`;
}

function keyNode(document: Document, path: readonly string[]): unknown {
  const parent = document.getIn(path.slice(0, -1), true);
  return isMap(parent) ? parent.items.find(({ key }) => (key as Scalar).value === path.at(-1))?.key : undefined;
}

/** Returns the fault that an error of ajv is about. `if` only repeats the error of its `then`. */
function toFault({ keyword, instancePath, params, message, parentSchema, propertyName, data }: ErrorObject): Fault[] {
  const path = instancePath.split('/').slice(1).map(decodePointer);
  if (keyword === 'if' || keyword === 'propertyNames') return [];
  if (propertyName !== undefined) return [{ path: [...path, propertyName], isName: true, text: `${message}.` }];
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.properties ?? {}).join(', ');
    const text = `is unknown. Known are ${known}.`;
    return [{ path: [...path, params.additionalProperty], isName: true, text }];
  }
  if (keyword === 'enum') return [{ path, text: `must be one of ${params.allowedValues.join(', ')}.` }];
  const given = typeof data === 'object' ? '' : `, not ${JSON.stringify(data)}`;
  return [{ path, text: `${message}${given}.` }];
}

function isRegExp(source: string): boolean {
  try {
    return Boolean(new RegExp(source, 'v'));
  } catch {
    return false;
  }
}

const decodePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** Returns the faults of members that conflict with each other. */
function faultsBetweenMembers(environment: Environment): Fault[] {
  const { apiRegions, regions = apiRegions, certificates = {}, domain, kmsKeys } = environment;
  const notCalled = apiRegions.flatMap((region, index) => (regions.includes(region) ? [] : [{ region, index }]));
  const withoutCertificate = domain === undefined ? [] : apiRegions.filter((region) => !(region in certificates));
  const withoutKey = kmsKeys === undefined ? [] : apiRegions.filter((region) => !(region in kmsKeys));
  return [
    ...notCalled.map(({ region, index }) => ({
      path: ['apiRegions', String(index)],
      text: `${region} must also be one of regions: ${regions.join(', ')}.`,
    })),
    ...withoutCertificate.map((region) => ({ path: ['certificates'], text: `must have the ARN for ${region}.` })),
    ...withoutKey.map((region) => ({ path: ['kmsKeys'], text: `must have the ARN for ${region}.` })),
    ...faultsOfSignIn(environment),
    ...['certificates', 'alarmTopics', 'kmsKeys', 'deploymentBuckets'].flatMap((member) =>
      faultsByRegion(member, environment),
    ),
  ];
}

/** Returns the fault of a web page that has an issuer of tokens and no client for the sign-in. */
const faultsOfSignIn = ({ auth = 'iam', console: hasConsole, signInClientId }: Environment): Fault[] =>
  hasConsole && auth !== 'iam' && !signInClientId
    ? [{ path: ['console'], text: 'needs signInClientId, the client of jwtIssuer as which it signs people in.' }]
    : [];

/** Returns the faults of a map from regions to ARNs or names. */
function faultsByRegion(member: string, environment: Environment): Fault[] {
  const arns = Object.entries((environment[member] ?? {}) as Record<string, string>);
  return arns.flatMap(([region, arn]): Fault[] => {
    const path = [member, region];
    if (!environment.apiRegions.includes(region))
      return [{ path, isName: true, text: `must be one of apiRegions: ${environment.apiRegions.join(', ')}.` }];
    return member === 'deploymentBuckets' || arn.split(':')[3] === region
      ? []
      : [{ path, text: `must be an ARN in ${region}, not in ${arn.split(':')[3]}.` }];
  });
}
