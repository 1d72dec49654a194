import { styleText } from 'node:util';
import { toPrintable } from './printable.ts';

/** A request with its response, as the socket shows them. */
export interface ServedRequest {
  readonly method: string;
  readonly target: string;
  /** Undefined if the client disconnected before the response. */
  readonly status: number | undefined;
  readonly duration_ms: number;
  readonly gateway_request_id: string | undefined;
  /** Whether a function responded, which writes a line of its own. */
  readonly isLogged: boolean;
}

/** A JSON line of a function. */
export interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly gateway_request_id?: string;
  readonly caller?: string;
  readonly code?: string;
  readonly aws_calls?: readonly AwsCall[];
  readonly error?: { readonly name?: string; readonly message?: string };
}

interface AwsCall {
  readonly action: string;
  readonly region: string;
  readonly code?: string | undefined;
}

/** Returns the line of a request: method, path, status, duration, caller, calls to AWS. */
export function describeRequest({ method, target, status, duration_ms }: ServedRequest, record?: LogRecord): string {
  const { caller, code, aws_calls: calls = [], error } = record ?? {};
  const fields = [
    `${method.padEnd(6)} ${toPrintable(target)}`,
    colour(status, [status ?? 'disconnected', code].filter(Boolean).join(' ')),
    `${Math.round(duration_ms)} ms`,
    caller && shorten(caller),
    describeCalls(calls.map((call) => (call.code === code ? { ...call, code: undefined } : call))),
    error && `${error.name}: ${error.message}`,
  ];
  return fields.filter(Boolean).join('  ');
}

/** Returns a line for a record of another kind, such as a step of an operation. */
export function describeRecord({ level, message, ...record }: LogRecord): string {
  const fields = Object.entries(record).filter(([name, value]) => !hidden.test(name) && value !== undefined);
  return [level, message, ...fields.map(([name, value]) => `${name}=${toText(value)}`)].join('  ');
}

/** Members that every record has, and metrics. */
const hidden = /^(timestamp|service|sampling_rate|_aws|[A-Z].*|.*request_id|function_.*|cold_start|xray_.*)$/;

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns the part of an ARN that distinguishes callers of one account. */
const shorten = (caller: string): string => caller.replace(/^arn:[\w-]+:(iam|sts)::\d*:/, '');

/** Returns each action once, with its regions: `DescribeReplicationGroups us-east-1 ×3, eu-west-1 Throttling`. */
function describeCalls(calls: readonly AwsCall[]): string {
  const actions = Map.groupBy(calls, ({ action }) => action);
  return [...actions].map(([action, made]) => `${action} ${describeRegions(made)}`).join('  ');
}

function describeRegions(calls: readonly AwsCall[]): string {
  const outcomes = Map.groupBy(calls, ({ region, code }) => [region, code].filter(Boolean).join(' '));
  return [...outcomes].map(([outcome, { length }]) => (length > 1 ? `${outcome} ×${length}` : outcome)).join(', ');
}

function colour(status: number | undefined, text: string): string {
  const format = status === undefined || status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green';
  return styleText(format, text, { stream: process.stdout }); // no colours if stdout is no terminal, or with NO_COLOR
}
