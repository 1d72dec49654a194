import { isRegion } from '../protocol/regions.ts';
import type { DataPlane } from '../state/dataPlane.ts';

type Route = (dataPlane: DataPlane, body: unknown) => object | Promise<object>;

/** The admin endpoints of the data plane. `{Region}` is the last part of a path. */
export const dataPlaneRoutes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/data-plane': { GET: (dataPlane) => dataPlane.view() },
  '/links': { POST: setLink },
  '/scale-in': { POST: forceScaleIn },
};

async function setLink(dataPlane: DataPlane, body: unknown): Promise<object> {
  const { From, To, DelayMs, Cut } = Object(body) as Record<string, unknown>;
  const isDelay = typeof DelayMs === 'number' && DelayMs >= 0 && DelayMs <= 60_000;
  const isValid = Cut === undefined ? isDelay : typeof Cut === 'boolean' && (DelayMs === undefined || isDelay);
  if (!isRegionName(From) || !isRegionName(To) || From === To || !isValid)
    throw new Error('Give From and To, which are two regions, and DelayMs from 0 to 60000 or Cut: true or false.');
  await dataPlane.setLink(From, To, {
    ...(isDelay && { delayMs: DelayMs }),
    ...(typeof Cut === 'boolean' && { isCut: Cut }),
  });
  return { From, To, DelayMs, Cut };
}

/** Returns the endpoint of a region. */
export const regionRoutes = (region: string): Readonly<Record<string, Route>> => ({
  POST: async (dataPlane, body) => {
    const { Lost } = Object(body) as Record<string, unknown>;
    if (!isRegion(region) || typeof Lost !== 'boolean')
      throw new Error('Name a region in the path, and give Lost: true or false.');
    await dataPlane.setLost(region, Lost);
    return { Region: region, Lost };
  },
});

/** Allows or refuses removals of node groups that lose keys. */
function forceScaleIn(dataPlane: DataPlane, body: unknown): object {
  const { Forced } = Object(body) as Record<string, unknown>;
  if (typeof Forced !== 'boolean') throw new Error('Give Forced: true or false.');
  dataPlane.isScaleInForced = Forced;
  return { Forced };
}

const isRegionName = (value: unknown): value is string => typeof value === 'string' && isRegion(value);
