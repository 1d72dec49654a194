import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { HttpHandlerOptions } from '@smithy/types';
import { config } from '../config.ts';

type RequestHandler = ElastiCacheClient['config']['requestHandler'];
type HttpResponse = Awaited<ReturnType<RequestHandler['handle']>>['response'];

/** The error of an attempt that was aborted at the request deadline, at the attempt timeout or for a too large response. */
export class AttemptAborted extends Error {
  readonly reason: 'requestDeadline' | 'attemptTimeout' | 'responseTooLarge';
  /** The mark of a retryable error for the retry strategy of the SDK. */
  readonly $retryable?: { readonly throttling: false };

  constructor(reason: AttemptAborted['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AttemptAborted';
    this.reason = reason;
    if (reason === 'attemptTimeout') this.$retryable = { throttling: false };
  }
}

/**
 * Limits each attempt to `config.attemptMs`, up to the last byte of its response, and to `config.maxResponseBytes`. The limits
 * of the SDK abort neither a slow response nor a large one. The socket of an aborted attempt is destroyed and not reused.
 */
export function limitAttempts(requestHandler: RequestHandler): void {
  const handle = requestHandler.handle.bind(requestHandler);

  requestHandler.handle = async (request, options: HttpHandlerOptions = {}) => {
    const attempt = new AbortController();
    // AbortSignal.timeout would keep its timer, and everything the attempt holds, until the timeout
    const timer = setTimeout(() => attempt.abort(), config.attemptMs).unref();
    const requestSignal = options.abortSignal as AbortSignal;
    try {
      const result = await handle(request, {
        ...options,
        abortSignal: AbortSignal.any([requestSignal, attempt.signal]),
      });
      result.response.body = await readBody(result.response);
      return result;
    } catch (error) {
      if (requestSignal.aborted)
        throw new AttemptAborted('requestDeadline', 'The deadline of the request has passed.', error);
      if (attempt.signal.aborted)
        throw new AttemptAborted('attemptTimeout', `No complete response within ${config.attemptMs} ms.`, error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

async function readBody({ headers, body }: HttpResponse): Promise<Buffer> {
  const declaredBytes = Number(headers['content-length'] ?? 0);
  if (declaredBytes > config.maxResponseBytes) body.destroy();
  assertSize(declaredBytes);

  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    assertSize(bytes); // leaving the loop destroys the socket
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function assertSize(bytes: number): void {
  if (bytes <= config.maxResponseBytes) return;
  throw new AttemptAborted(
    'responseTooLarge',
    `The response has ${bytes} bytes or more. At most ${config.maxResponseBytes} are read.`,
  );
}
