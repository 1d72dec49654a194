import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

process.env.LOG = 'on';
const { call } = await startApi();

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

/** The text written to the log since the test began. */
let written = '';
const write = process.stdout.write;

beforeEach(() => {
  written = '';
  process.stdout.write = (text: string | Uint8Array) => {
    written += text;
    return true;
  };
});

afterEach(() => {
  process.stdout.write = write;
});

/** Sends a request with this `traceparent`. Returns that of the response, and the trace members of the log line. */
async function trace(traceparent: string, request = 'GET /health') {
  const { headers } = await call(request, { headers: { traceparent } });
  const { trace_id, parent_id, span_id } = JSON.parse(written);
  return { returned: headers.traceparent, logged: { trace_id, parent_id, span_id } };
}

describe('traceparent', () => {
  it.each([
    ['of a sampled span', `00-${traceId}-${parentId}-01`, '01'],
    ['of a span that is not sampled', `00-${traceId}-${parentId}-00`, '00'],
    ['with flags that version 00 does not have', `00-${traceId}-${parentId}-ff`, '01'],
    ['of a later version', `cc-${traceId}-${parentId}-01`, '01'],
    ['of a later version with more members', `cc-${traceId}-${parentId}-01-what-the-future-will-be`, '01'],
  ])('%s is continued in the log and in the response', async (_, traceparent, flags) => {
    const { returned, logged } = await trace(traceparent);

    expect(logged).toEqual({
      trace_id: traceId,
      parent_id: parentId,
      span_id: expect.stringMatching(/^[1-9a-f][0-9a-f]{15}$/),
    });
    expect(logged.span_id).not.toBe(parentId);
    expect(returned).toBe(`00-${traceId}-${logged.span_id}-${flags}`);
  });

  it.each([
    ['missing members', `00-${traceId}-01`],
    ['more members than version 00 has', `00-${traceId}-${parentId}-01-more`],
    ['the forbidden version', `ff-${traceId}-${parentId}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${traceId.toUpperCase()}-${parentId}-01`],
    ['two values', `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`],
    ['markup', '<script>'],
    ['no value', ''],
  ])('is ignored with %s', async (_, traceparent) => {
    expect(await trace(traceparent)).toEqual({ returned: undefined, logged: {} });
  });

  it('is returned by errors, too', async () => {
    const { returned, logged } = await trace(`00-${traceId}-${parentId}-01`, 'GET /nowhere');

    expect(returned).toBe(`00-${traceId}-${logged.span_id}-01`);
  });

  it('has another span id for each request', async () => {
    const first = await trace(`00-${traceId}-${parentId}-01`);
    written = '';

    expect(await trace(`00-${traceId}-${parentId}-01`)).not.toEqual(first);
  });
});
