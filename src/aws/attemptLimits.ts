import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { HttpHandlerOptions } from '@smithy/types';
import { config } from '../config.ts';

type RequestHandler = ElastiCacheClient['config']['requestHandler'];
type Answer = Awaited<ReturnType<RequestHandler['handle']>>['response'];

/** Why an attempt was given up: the request came to its end, the answer came too late, or it would not fit. */
export class AttemptAborted extends Error {
  readonly reason: 'requestDeadline' | 'attemptTimeout' | 'responseTooLarge';

  constructor(reason: AttemptAborted['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GivenUp';
    this.reason = reason;
  }
}

/**
 * Bounds what one attempt may cost: `config.attemptMs` from its begin to the last byte of its answer, and
 * `config.maxAnswerBytes`. The SDK's own limits end neither an answer that drips nor one that is too large.
 * The socket of an attempt that is given up is destroyed, so that it stands in nobody's way.
 */
export function limitAttempts(requestHandler: RequestHandler): void {
  const handle = requestHandler.handle.bind(requestHandler);

  requestHandler.handle = async (request, options: HttpHandlerOptions = {}) => {
    const limit = AbortSignal.timeout(config.attemptMs);
    const outer = options.abortSignal as AbortSignal;
    try {
      const answer = await handle(request, { ...options, abortSignal: AbortSignal.any([outer, limit]) });
      answer.response.body = await wholeBody(answer.response);
      return answer;
    } catch (error) {
      if (outer.aborted) throw new AttemptAborted('requestDeadline', 'The request came to its end.', error);
      if (limit.aborted)
        throw new AttemptAborted('attemptTimeout', `No whole answer within ${config.attemptMs} ms.`, error);
      throw error;
    }
  };
}

async function wholeBody({ headers, body }: Answer): Promise<Buffer> {
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > config.maxAnswerBytes) body.destroy();
  refuseTooLarge(announced);

  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    refuseTooLarge(bytes); // leaving the loop destroys the socket
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuseTooLarge(bytes: number): void {
  if (bytes <= config.maxAnswerBytes) return;
  throw new AttemptAborted(
    'responseTooLarge',
    `An answer of ${bytes} bytes or more; at most ${config.maxAnswerBytes} are read.`,
  );
}
