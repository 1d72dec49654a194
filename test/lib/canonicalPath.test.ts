import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath } from '../../src/lib/canonicalPath.ts';
import { parameters } from '../../src/schemas/pathParameters.ts';
import type { Route } from '../../src/schemas/route.ts';
import { routes } from '../../src/schemas/routes.ts';
import { arbitraryOf } from '../support/arbitrary.ts';

const contracts = Object.values(routes) as Route[];
const paths = [...new Set(contracts.map(({ path }) => path))].filter((path) => path.includes('{'));
const names = Object.keys(parameters);
const values = fc.record(
  Object.fromEntries(
    Object.entries(parameters).map(([name, schema]) => [name, arbitraryOf(schema, ['us-east-1', 'eu-west-1'])]),
  ),
  { noNullPrototype: true },
) as fc.Arbitrary<Record<string, string>>;

describe.each(paths)('the canonical path of %s', (path) => {
  const used = names.filter((name) => path.includes(`{${name}}`));
  const pick = (all: Record<string, string>) => used.map((name) => all[name]?.toLowerCase());

  it('is equal for two sets of parameters if they are equal in lower case', () => {
    fc.assert(
      fc.property(values, fc.func(fc.boolean()), (given, isUpper) => {
        const inOtherCase = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [
            name,
            [...value].map((char, at) => (isUpper(name, at) ? char.toUpperCase() : char.toLowerCase())).join(''),
          ]),
        );

        expect(canonicalPath(path, inOtherCase)).toBe(canonicalPath(path, given));
      }),
    );
  });

  it('differs for parameters that differ in more than their case', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        fc.pre(JSON.stringify(pick(one)) !== JSON.stringify(pick(other)));

        expect(canonicalPath(path, one)).not.toBe(canonicalPath(path, other));
      }),
    );
  });
});

it('encodes a parameter, so that none can continue the path', () => {
  expect(canonicalPath('/a/{B}/c', { B: 'X/y?z' })).toBe('/a/x%2Fy%3Fz/c');
});
