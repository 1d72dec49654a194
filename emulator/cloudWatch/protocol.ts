import { GetMetricData$, type GetMetricDataInput, type GetMetricDataOutput } from '@aws-sdk/client-cloudwatch';
import { Fault } from '../protocol/fault.ts';
import { readForm, readInput, writeOutput } from '../protocol/queryProtocol.ts';
import type { Store } from '../state/store.ts';
import { getMetricData, metricsAction } from './getMetricData.ts';

/** The action names of the JSON protocol are preceded by the name of the service and its version. */
const targetPrefix = 'GraniteServiceVersion20100801.';
const namespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

/** Returns whether a request is one of the JSON protocol of CloudWatch, by its header `X-Amz-Target`. */
export const isMetricsTarget = (target: string | undefined): target is string =>
  target?.startsWith(targetPrefix) ?? false;

/** Returns whether a request is signed for CloudWatch. Older clients send it in the Query protocol. */
export const isSignedForMetrics = (authorization: string | undefined): boolean =>
  /Credential=[^,\s]*\/monitoring\/aws4_request/.test(authorization ?? '');

/** Returns the name of the action in the header `X-Amz-Target`. */
export const metricsActionIn = (target: string): string => target.slice(targetPrefix.length);

/** Runs an action in the JSON protocol: times are numbers of seconds. */
export function runJsonAction(store: Store, action: string, input: Readonly<Record<string, unknown>>): string {
  assertKnown(action);
  const { StartTime, EndTime, ...others } = input as unknown as JsonInput;
  const output = getMetricData(store, { ...others, StartTime: toDate(StartTime), EndTime: toDate(EndTime) });
  return JSON.stringify({ ...output, MetricDataResults: output.MetricDataResults?.map(toJsonResult) });
}

/** Runs an action in the Query protocol, and returns XML. */
export function runQueryAction(store: Store, form: string, requestId: string): string {
  const parameters = readForm(form);
  assertKnown(parameters.get('Action') ?? '');
  const input = readInput(GetMetricData$ as never, parameters) as unknown as GetMetricDataInput;
  return writeOutput(GetMetricData$ as never, getMetricData(store, input), requestId, namespace);
}

interface JsonInput extends Omit<GetMetricDataInput, 'StartTime' | 'EndTime'> {
  readonly StartTime?: number;
  readonly EndTime?: number;
}

const toDate = (seconds: number | undefined): Date | undefined =>
  typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;

type Result = NonNullable<GetMetricDataOutput['MetricDataResults']>[number];

const toJsonResult = ({ Timestamps = [], ...result }: Result) => ({
  ...result,
  Timestamps: Timestamps.map((time) => time.getTime() / 1000),
});

function assertKnown(action: string): void {
  if (action !== metricsAction)
    throw new Fault('InvalidAction', `The emulator does not implement the CloudWatch action ${action}.`);
}
