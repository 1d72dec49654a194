import { route as addMember } from '../handlers/addMember.ts';
import { route as applyTopology } from '../handlers/applyTopology.ts';
import { route as cancelOperation } from '../handlers/cancelOperation.ts';
import { route as createGlobalDatastore } from '../handlers/createGlobalDatastore.ts';
import { route as deleteGlobalDatastore } from '../handlers/deleteGlobalDatastore.ts';
import { route as failoverGlobalDatastore } from '../handlers/failoverGlobalDatastore.ts';
import { route as getAudit } from '../handlers/getAudit.ts';
import { route as getGlobalDatastore } from '../handlers/getGlobalDatastore.ts';
import { route as getHealth } from '../handlers/getHealth.ts';
import { route as getOpenApi } from '../handlers/getOpenApi.ts';
import { route as getOperation } from '../handlers/getOperation.ts';
import { route as getProblem } from '../handlers/getProblem.ts';
import { route as getReplicationGroup } from '../handlers/getReplicationGroup.ts';
import { route as listGlobalDatastores } from '../handlers/listGlobalDatastores.ts';
import { route as listOperations } from '../handlers/listOperations.ts';
import { route as listReplicationGroups } from '../handlers/listReplicationGroups.ts';
import { route as modifyGlobalDatastore } from '../handlers/modifyGlobalDatastore.ts';
import { route as rebalanceSlots } from '../handlers/rebalanceSlots.ts';
import { route as removeMember } from '../handlers/removeMember.ts';
import { route as scaleNodeGroups } from '../handlers/scaleNodeGroups.ts';

/** Every route by its name, which is its handler's file, its function in serverless.yml and its operationId. */
export const routes = {
  createGlobalDatastore,
  getGlobalDatastore,
  listGlobalDatastores,
  modifyGlobalDatastore,
  deleteGlobalDatastore,
  applyTopology,
  failoverGlobalDatastore,
  addMember,
  removeMember,
  scaleNodeGroups,
  rebalanceSlots,
  getAudit,
  getOperation,
  listOperations,
  cancelOperation,
  listReplicationGroups,
  getReplicationGroup,
  getHealth,
  getProblem,
  getOpenApi,
};
