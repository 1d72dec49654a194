import { addMember } from './addMember.ts';
import { applyTopology } from './applyTopology.ts';
import { cancelOperation } from './cancelOperation.ts';
import { createGlobalDatastore } from './createGlobalDatastore.ts';
import { deleteGlobalDatastore } from './deleteGlobalDatastore.ts';
import { failoverGlobalDatastore } from './failoverGlobalDatastore.ts';
import { getAudit } from './getAudit.ts';
import { getConnection } from './getConnection.ts';
import { getEvacuation } from './getEvacuation.ts';
import { getGlobalDatastore } from './getGlobalDatastore.ts';
import { getHealth } from './getHealth.ts';
import { getOpenApi } from './getOpenApi.ts';
import { getOperation } from './getOperation.ts';
import { getProblem } from './getProblem.ts';
import { getReady } from './getReady.ts';
import { getReplication } from './getReplication.ts';
import { getReplicationGroup } from './getReplicationGroup.ts';
import { listDrills } from './listDrills.ts';
import { listGlobalDatastores } from './listGlobalDatastores.ts';
import { listOperations } from './listOperations.ts';
import { listReplicationGroups } from './listReplicationGroups.ts';
import { modifyGlobalDatastore } from './modifyGlobalDatastore.ts';
import { modifyMember } from './modifyMember.ts';
import { rebalanceSlots } from './rebalanceSlots.ts';
import { removeMember } from './removeMember.ts';
import { rotateAuthToken } from './rotateAuthToken.ts';
import { scaleNodeGroups } from './scaleNodeGroups.ts';
import { startDrill } from './startDrill.ts';
import { startEvacuation } from './startEvacuation.ts';

/** The contract of every route by its name: the handler's file, the function in serverless.yml and the operationId. */
export const routes = {
  createGlobalDatastore,
  getGlobalDatastore,
  getReplication,
  getConnection,
  listGlobalDatastores,
  modifyGlobalDatastore,
  deleteGlobalDatastore,
  applyTopology,
  failoverGlobalDatastore,
  startDrill,
  listDrills,
  addMember,
  modifyMember,
  removeMember,
  scaleNodeGroups,
  rebalanceSlots,
  rotateAuthToken,
  getAudit,
  getOperation,
  listOperations,
  cancelOperation,
  startEvacuation,
  getEvacuation,
  listReplicationGroups,
  getReplicationGroup,
  getHealth,
  getReady,
  getProblem,
  getOpenApi,
};
