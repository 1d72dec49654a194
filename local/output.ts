import type { LogFormat } from './options.ts';
import { describeRecord, describeRequest, type LogRecord, type ServedRequest } from './requestLines.ts';

/** The output of `npm start`. */
export interface Output {
  /** Prints that a part is ready. */
  ready(part: string, detail: string): void;
  /** Prints an event that is not a request. */
  tell(message: string): void;
  /** Prints an explanation for people. */
  explain(text: string): void;
  /** Prints a request after its response. */
  served(request: ServedRequest): void;
}

export const createOutput = (format: LogFormat): Output => (format === 'json' ? jsonOutput : createTextOutput());

/** JSON lines. The functions write the lines of their requests themselves. */
const jsonOutput: Output = {
  ready: (part, detail) => printJson('ready', { part, detail }),
  tell: (message) => printJson(message),
  explain: () => {},
  served: ({ isLogged, ...request }) => {
    if (!isLogged) printJson('request', request);
  },
};

function printJson(message: string, fields: object = {}): void {
  const record = { level: 'INFO', message, timestamp: new Date().toISOString(), service: 'npm start', ...fields };
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

/** Lines for people. The JSON lines of the functions become part of the lines of their requests. */
function createTextOutput(): Output {
  const logged = new Map<string, LogRecord>();
  const rewrite = (record: LogRecord): string => {
    if (record.message !== 'request') return `${describeRecord(record)}\n`;
    logged.set(record.gateway_request_id ?? '', record);
    return '';
  };
  rewriteRecords(process.stdout, rewrite);
  rewriteRecords(process.stderr, rewrite);

  return {
    ready: (part, detail) => console.log(part.padEnd(11), detail),
    tell: (message) => console.log(message),
    explain: (text) => console.log(text),
    served(request) {
      const { gateway_request_id: id = '' } = request;
      console.log(describeRequest(request, logged.get(id)));
      logged.delete(id);
    },
  };
}

/** Rewrites the JSON lines that the functions write to a stream. Everything in this process writes to the same two streams. */
function rewriteRecords(stream: NodeJS.WriteStream, rewrite: (record: LogRecord) => string): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) => {
    const record = parseRecord(chunk);
    return write(record ? rewrite(record) : chunk, ...rest);
  };
}

function parseRecord(chunk: unknown): LogRecord | undefined {
  if (typeof chunk !== 'string' || !chunk.startsWith('{"level":')) return undefined;
  try {
    return JSON.parse(chunk) as LogRecord;
  } catch {
    return undefined;
  }
}
