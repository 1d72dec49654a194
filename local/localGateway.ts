import { createGateway, type GatewayOptions } from './apiGateway/gateway.ts';
import type { GatewayRequest, GatewayResponse } from './apiGateway/message.ts';
import { takeIdentity } from './localIdentity.ts';
import { Refusal } from './refusal.ts';

/** Creates the gateway of `npm start`: the model of API Gateway, and before it what only a laptop needs. */
export const createLocalGateway =
  (options: GatewayOptions) =>
  async (sent: GatewayRequest): Promise<GatewayResponse> => {
    try {
      const { request, authorizer } = takeIdentity(sent);
      return await createGateway({ ...options, identify: () => authorizer })(request);
    } catch (error) {
      if (error instanceof Refusal) return error.toResponse();
      throw error;
    }
  };
