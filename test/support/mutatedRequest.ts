import fc from 'fast-check';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';
import { arbitraryOf } from './arbitrary.ts';
import { hostileTexts } from './hostileRequests.ts';

/** The parts of a request to a route, some of which may be mutated. */
export interface MutatedRequest {
  /** The parameters of the path. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: Part;
  readonly body: Part | undefined;
}

/** A part of a request, as text. If `isInvalid` is true, the part is invalid, whatever a parser returns for it. */
interface Part {
  readonly text: string;
  readonly isInvalid?: boolean;
}

/** Returns an arbitrary of requests to a route, from its own schemas. Most are mutated in one or more parts. */
export function mutatedRequest(route: Route, regions: readonly string[]): fc.Arbitrary<MutatedRequest> {
  const { path, query, body } = schemasOf(route);
  const hostileText = fc.constantFrom(...hostileTexts.filter((text) => text !== '' && text.isWellFormed()));
  const hostileNames = Object.fromEntries(Object.keys(path.properties).map((name) => [name, hostileText]));
  return fc.record({
    names: fc.oneof(fc.constant(exampleOf(path)), arbitraryOf(path, regions), fc.record(hostileNames)),
    query: fc.oneof(
      {
        weight: 4,
        arbitrary: arbitraryOf(query, regions).map((parameters) => ({ text: queryText(parameters as object) })),
      },
      { weight: 1, arbitrary: hostileText.map((text) => ({ text: `${encodeURIComponent(text)}=1`, isInvalid: true })) },
    ),
    body: body ? arbitraryOf(body, regions).chain((value) => mutatedBody(value as object)) : fc.constant(undefined),
  }) as fc.Arbitrary<MutatedRequest>;
}

const queryText = (parameters: object) =>
  String(
    new URLSearchParams(Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])),
  );

function mutatedBody(value: object): fc.Arbitrary<Part> {
  const text = JSON.stringify(value);
  const anything = fc.oneof(fc.constantFrom(...hostileTexts), fc.jsonValue({ maxDepth: 3 }));
  return fc.oneof(
    fc.constant({ text }),
    fc.nat(text.length).map((length) => ({ text: text.slice(0, length) })),
    fc.tuple(fc.nat(), anything).map(([at, other]) => ({ text: JSON.stringify(withPlace(value, at, other)) })),
    fc.nat().map((at) => ({ text: JSON.stringify(withPlace(value, at, undefined)) })),
    fc.constantFrom(...hostileTexts).map((name) => ({ text: JSON.stringify({ ...value, [name]: 1 }) })),
    fc.constant({ text: `{"Twice":1,"Twice":1,${text.slice(1)}`, isInvalid: true }),
    anything.map((other) => ({ text: JSON.stringify(other) })),
  );
}

/** Returns a copy of `value` with `other` at one place of any depth. JSON has no member for `undefined`. */
function withPlace(value: object, at: number, other: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  const places = placesIn(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place) place.within[place.name] = other;
  return copy;
}

function placesIn(within: Record<string, unknown>): { within: Record<string, unknown>; name: string }[] {
  return Object.entries(within).flatMap(([name, inner]) => [
    { within, name },
    ...(typeof inner === 'object' && inner !== null ? placesIn(inner as Record<string, unknown>) : []),
  ]);
}
