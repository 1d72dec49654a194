// Pruned at build time by build/plugins/schemaPruning.ts.
import { evacuationAnswer } from './evacuation.ts';
import type { Route } from './route.ts';

/** The contract of getEvacuation. */
export const getEvacuation = {
  method: 'GET',
  path: '/evacuations/{EvacuationId}',
  subject: 'none',
  tag: 'Evacuations',
  summary: 'Read an evacuation: which datastores are moved, and where their writes go',
  description:
    'The progress can be some seconds old. With owners in the policy, the evacuation is readable by those who share an owner with its caller, and shows their datastores only.',
  awsActions: [],
  problems: ['EvacuationNotFound', 'OperationsUnavailable'],
  responses: { 200: evacuationAnswer },
} as const satisfies Route;
