import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  describeRequest as describeColoured,
  describeRecord,
  type LogRecord,
  type ServedRequest,
} from '../../local/requestLines.ts';

/** Returns the line without colours, which depend on the environment. */
const describeRequest: typeof describeColoured = (...parts) => stripVTControlCharacters(describeColoured(...parts));

const request: ServedRequest = {
  method: 'POST',
  target: '/global-datastores',
  status: 202,
  duration_ms: 12,
  gateway_request_id: 'id',
  isLogged: true,
};
const record: LogRecord = { level: 'INFO', message: 'request', caller: 'local' };

describe('the line of a request', () => {
  it('has each AWS action once, with its regions and its errors', () => {
    const calls = [
      { action: 'DescribeReplicationGroups', region: 'us-east-1' },
      { action: 'CreateGlobalReplicationGroup', region: 'us-east-1' },
      { action: 'DescribeReplicationGroups', region: 'us-east-1' },
      { action: 'DescribeReplicationGroups', region: 'eu-west-1', code: 'Throttling' },
    ];

    expect(describeRequest(request, { ...record, aws_calls: calls })).toBe(
      'POST   /global-datastores  202  12 ms  local  ' +
        'DescribeReplicationGroups us-east-1 ×2, eu-west-1 Throttling  CreateGlobalReplicationGroup us-east-1',
    );
  });

  it('has the code of a problem once, and the cause of a failure', () => {
    const calls = [{ action: 'DescribeReplicationGroups', region: 'us-east-1', code: 'TableUnavailable' }];
    const error = { name: 'TimeoutError', message: 'No response after 5 ms.' };

    expect(
      describeRequest({ ...request, status: 503 }, { ...record, code: 'TableUnavailable', aws_calls: calls, error }),
    ).toBe(
      'POST   /global-datastores  503 TableUnavailable  12 ms  local  DescribeReplicationGroups us-east-1  ' +
        'TimeoutError: No response after 5 ms.',
    );
  });

  it.each([
    ['arn:aws:iam::123456789012:user/ana', 'user/ana'],
    ['arn:aws:sts::123456789012:assumed-role/Orders/ana', 'assumed-role/Orders/ana'],
    ['ana', 'ana'],
  ])('names the caller %s as %s', (caller, name) => {
    expect(describeRequest(request, { ...record, caller })).toBe(`POST   /global-datastores  202  12 ms  ${name}`);
  });

  it('has the word disconnected without a status, and no control characters', () => {
    expect(describeRequest({ ...request, status: undefined, target: '/\u009b31m' })).toBe(
      'POST   /?31m  disconnected  12 ms',
    );
  });
});

it('the line of another record has its members, without metrics', () => {
  const step = {
    level: 'WARN',
    message: 'step',
    timestamp: '2026',
    service: 'api',
    target: { Id: 'a' },
    step: 'Wait.',
  };

  expect(describeRecord({ ...step, _aws: {}, Requests: 1 } as LogRecord)).toBe(
    'WARN  step  target={"Id":"a"}  step=Wait.',
  );
});
