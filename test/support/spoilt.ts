import fc from 'fast-check';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';
import { arbitraryOf } from './arbitrary.ts';
import { texts } from './nasty.ts';

/** The parts of a request to a route, some of which may be mutated. */
export interface Spoilt {
  /** The parameters of the path. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: Part;
  readonly body: Part | undefined;
}

/** A part of a request, as text. If `spoilt` is true, the part is invalid, whatever a parser returns for it. */
interface Part {
  readonly text: string;
  readonly spoilt?: boolean;
}

/** Returns an arbitrary of requests to a route, from its own schemas. Most are mutated in one or more parts. */
export function spoiltRequest(route: Route, regions: readonly string[]): fc.Arbitrary<Spoilt> {
  const { path, query, body } = schemasOf(route);
  const nasty = fc.constantFrom(...texts.filter((text) => text !== '' && text.isWellFormed()));
  const spoiltNames = Object.fromEntries(Object.keys(path.properties).map((name) => [name, nasty]));
  return fc.record({
    names: fc.oneof(fc.constant(exampleOf(path)), arbitraryOf(path, regions), fc.record(spoiltNames)),
    query: fc.oneof(
      { weight: 4, arbitrary: arbitraryOf(query, regions).map((asked) => ({ text: queryText(asked as object) })) },
      { weight: 1, arbitrary: nasty.map((text) => ({ text: `${encodeURIComponent(text)}=1`, spoilt: true })) },
    ),
    body: body ? arbitraryOf(body, regions).chain((value) => spoiltBody(value as object)) : fc.constant(undefined),
  }) as fc.Arbitrary<Spoilt>;
}

const queryText = (asked: object) =>
  String(new URLSearchParams(Object.entries(asked).map(([name, value]): [string, string] => [name, String(value)])));

function spoiltBody(value: object): fc.Arbitrary<Part> {
  const text = JSON.stringify(value);
  const anything = fc.oneof(fc.constantFrom(...texts), fc.jsonValue({ maxDepth: 3 }));
  return fc.oneof(
    fc.constant({ text }),
    fc.nat(text.length).map((length) => ({ text: text.slice(0, length) })),
    fc.tuple(fc.nat(), anything).map(([at, other]) => ({ text: JSON.stringify(withPlace(value, at, other)) })),
    fc.nat().map((at) => ({ text: JSON.stringify(withPlace(value, at, undefined)) })),
    fc.constantFrom(...texts).map((name) => ({ text: JSON.stringify({ ...value, [name]: 1 }) })),
    fc.constant({ text: `{"Twice":1,"Twice":1,${text.slice(1)}`, spoilt: true }),
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
