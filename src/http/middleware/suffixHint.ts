import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isNotFound } from '../../aws/multiRegion.ts';
import { findBySuffix } from '../../datastores/findBySuffix.ts';
import { filterOwnedDatastores } from '../../policy/owners.ts';
import type { Problem } from '../../problems/problem.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** The limit on the ids that a response names. */
const maxIds = 5;

/**
 * Adds to a 404 the ids of the caller's datastores that end in the requested id: the request names a suffix instead of an id.
 */
export const suffixHint = () => ({
  onError: async function nameIds(request: PipelineRequest): Promise<void> {
    if (!isNotFound(request.error)) return;
    const { signal, path, event } = request.context.apiRequest;
    const { GlobalReplicationGroupId: suffix = '' } = path as { readonly GlobalReplicationGroupId?: string };
    const ids = await findOwnIds(signal, event, suffix).catch(() => []);
    if (ids.length === 0) return;
    const remedies = ids.map((id) => ({ method: 'GET', href: `/global-datastores/${id}` }));
    const sentence = `${suffix} is a suffix, not an id. The ids that end in it: ${ids.join(', ')}.`;
    request.error = (request.error as Problem).with({ remedies }, sentence);
  },
});

async function findOwnIds(signal: AbortSignal, event: APIGatewayProxyEventV2, suffix: string): Promise<string[]> {
  const groups = await findBySuffix(signal, suffix);
  const owned = globalThis.POLICY_HAS_OWNERS === false ? groups : await filterOwn(signal, event, groups);
  const ids = owned.map(({ GlobalReplicationGroupId }) => GlobalReplicationGroupId);
  return ids.sort().slice(0, maxIds);
}

const filterOwn = async (...request: Parameters<typeof filterOwnedDatastores>) =>
  (await filterOwnedDatastores(...request)).owned;
