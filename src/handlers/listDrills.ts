import { defineHandler } from '../http/defineHandler.ts';
import { ok } from '../http/responses.ts';
import { mapInBatches } from '../lib/mapInBatches.ts';
import { fromTable } from '../operations/admission.ts';
import { readDrillRecords } from '../operations/drill/drillRecord.ts';
import { toShownDrill } from '../operations/drill/shownDrill.ts';
import { readableOwners } from '../policy/owners.ts';
import { listDrills } from '../schemas/listDrills.ts';

export const handler = defineHandler(listDrills, async ({ path, query, signal, event }) => {
  const { GlobalReplicationGroupId } = path;
  const { MaxRecords: limit = 100, Marker: current } = query;
  const { records, marker } = await fromTable(
    readDrillRecords(GlobalReplicationGroupId, { limit, ...(current !== undefined && { marker: current }) }),
  );
  const isVisible = readableOwners(event);
  const visible = records.filter(({ owner }) => isVisible(owner));
  const drills = await mapInBatches(visible, (record) => toShownDrill(signal, record));
  return ok({ GlobalReplicationGroupId, Drills: drills.filter((drill) => drill !== undefined), Marker: marker });
});
