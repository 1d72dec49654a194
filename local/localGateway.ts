import { createGateway, type GatewayOptions } from './apiGateway/gateway.ts';
import type { GatewayRequest, GatewayResponse } from './apiGateway/message.ts';
import { takeIdentity } from './localIdentity.ts';
import { toPrintable } from './printable.ts';
import { Refusal } from './refusal.ts';

export interface LocalGatewayOptions extends GatewayOptions {
  /** Called before a request that may change something. Throws a Refusal to refuse it. */
  readonly beforeChange?: (request: string) => Promise<void>;
}

/**
 * Creates the gateway of `npm start`: the model of API Gateway, and before it the identities and the confirmation of changes.
 */
export const createLocalGateway =
  (options: LocalGatewayOptions) =>
  async (sent: GatewayRequest): Promise<GatewayResponse> => {
    try {
      const { request, authorizer } = takeIdentity(sent);
      if (mayChange(request)) await options.beforeChange?.(toPrintable(`${request.method} ${request.target}`));
      return await createGateway({ ...options, identify: () => authorizer })(request);
    } catch (error) {
      if (error instanceof Refusal) return error.toResponse();
      throw error;
    }
  };

/** Returns false for reads and for dry runs. */
function mayChange({ method, target }: GatewayRequest): boolean {
  const [, query = ''] = target.split('?', 2);
  const isDryRun = new URLSearchParams(query).getAll('DryRun').join() === 'true';
  return !isDryRun && !['GET', 'HEAD', 'OPTIONS'].includes(method);
}
