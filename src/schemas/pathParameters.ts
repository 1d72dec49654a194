// Pruned at build time by build/plugins/schemaPruning.ts.
import {
  evacuationId,
  globalReplicationGroupId,
  operationId,
  problemCode,
  region,
  replicationGroupId,
} from './common.ts';
/** The schema of every path parameter, by its name. */
export const parameters = {
  GlobalReplicationGroupId: globalReplicationGroupId,
  ReplicationGroupId: replicationGroupId,
  ReplicationGroupRegion: region,
  Region: region,
  Code: problemCode,
  OperationId: operationId,
  EvacuationId: evacuationId,
} as const;
