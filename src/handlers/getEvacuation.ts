import { config } from '../config.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { parseEvacuation } from '../operations/evacuation/evacuation.ts';
import { toEvacuation } from '../operations/evacuation/evacuationView.ts';
import { evacuationNotFound, findEvacuation } from '../operations/findOperation.ts';
import { readableOwners } from '../policy/owners.ts';
import { getEvacuation } from '../schemas/getEvacuation.ts';

export const handler = defineHandler(getEvacuation, async ({ path, event, signal }) => {
  const execution = await findEvacuation(signal, path.EvacuationId);
  const mayRead = globalThis.POLICY_HAS_OWNERS === false ? () => true : readableOwners(event);
  const owners = [...parseEvacuation(execution).Owners, undefined]; // `*` reads that of a caller without an owner, too
  if (!owners.some(mayRead)) throw evacuationNotFound(path.EvacuationId);
  const Evacuation = await toEvacuation(signal, execution, mayRead);
  const headers = { 'retry-after': String(config.retryAfterSeconds) };
  return ok({ Evacuation }, Evacuation.Status === 'RUNNING' ? headers : {});
});
