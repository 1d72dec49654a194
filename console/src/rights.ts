/** Returns the right that an operation of the API needs. */
export function rightOf(operationId: string): 'viewer' | 'operator' | 'break-glass' {
  if (/^(get|list)/.test(operationId)) return 'viewer';
  return breakGlass.includes(operationId) ? 'break-glass' : 'operator';
}

/** The operations that need more than the right to change something. */
const breakGlass: readonly string[] = [
  'deleteGlobalDatastore',
  'applyTopology',
  'failoverGlobalDatastore',
  'startDrill',
  'removeMember',
  'rotateAuthToken',
  'cancelOperation',
  'startEvacuation',
];
