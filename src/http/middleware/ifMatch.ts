import { findGlobalDatastore } from '../../datastores/globalDatastore.ts';
import { Problem } from '../../problems/problem.ts';
import { computeEtag, matchesEtag } from '../etag.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Responds 412 unless the datastore has an entity tag of `If-Match` (RFC 9110 §13.1.1), or had it when an earlier attempt was sent. */
export const ifMatch = () => ({
  before: async function assertIfMatch({ context }: PipelineRequest): Promise<void> {
    const { event, path, signal } = context.apiRequest;
    const tags = event.headers['if-match'];
    const { GlobalReplicationGroupId: id } = path;
    if (!tags || !id || context.changeRecord?.previous) return;

    const { GlobalReplicationGroup } = await findGlobalDatastore(signal, id);
    const etag = computeEtag(GlobalReplicationGroup);
    if (matchesEtag(tags, etag)) return;
    throw new Problem('PreconditionFailed', `The datastore has changed. Its entity tag is now ${etag}.`, {
      headers: { etag },
    });
  },
});
