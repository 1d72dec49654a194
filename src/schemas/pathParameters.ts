// Pruned at build time by build/plugins/schemaPruning.ts.
import { globalReplicationGroupId, operationId, problemCode, region, replicationGroupId } from './common.ts';
/** The schema of every path parameter, by its name. */
export const parameters = {
  GlobalReplicationGroupId: globalReplicationGroupId,
  ReplicationGroupId: replicationGroupId,
  ReplicationGroupRegion: region,
  Region: region,
  Code: problemCode,
  OperationId: operationId,
} as const;
