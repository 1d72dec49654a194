// The job of every peer, with the same client, the same compiled schema and the same faults, so that only the framework differs.
// This favours most peers, because their documentation compiles the schema at each start.
import { CreateGlobalReplicationGroupCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { validate } from 'compiled-schema';

const client = new ElastiCacheClient({
  region: process.env.AWS_REGION,
  endpoint: process.env.AWS_ENDPOINT_URL_ELASTICACHE,
  maxAttempts: 3,
});

/** Returns the errors of a body, or undefined if it matches the schema. */
export const violations = (body) => (validate(body) ? undefined : validate.errors);

/** Creates the datastore. Returns the status and the body of the response. */
export async function create({ PrimaryReplicationGroupRegion: _, ...input }) {
  try {
    const { GlobalReplicationGroup } = await client.send(new CreateGlobalReplicationGroupCommand(input));
    return { status: 202, body: { GlobalReplicationGroup } };
  } catch (error) {
    const status = statuses[error.name] ?? (error.$fault === 'client' ? 400 : 502);
    return { status, body: { code: error.name, detail: error.message } };
  }
}

const statuses = {
  GlobalReplicationGroupAlreadyExistsFault: 409,
  InvalidReplicationGroupStateFault: 409,
  ReplicationGroupNotFoundFault: 404,
  ServiceLinkedRoleNotFoundFault: 424,
};
