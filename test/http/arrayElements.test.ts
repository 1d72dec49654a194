import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';
import { startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, routes } = await startApi();

interface ArraySchema {
  readonly type?: string;
  readonly items?: { readonly type: string; readonly pattern?: string; readonly properties?: Properties };
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}
type Properties = Readonly<Record<string, ArraySchema>>;

/** A body with one wrong array: the test name, the pointer, the text that the message contains, the route, and the body. */
type Case = readonly [name: string, pointer: string, named: string, route: Route, body: object];

/** Returns the wrong bodies for each array in a body, and for the arrays in their elements. */
const casesOf = ([operation, route]: [string, Route]): Case[] =>
  arraysIn((route.body as { properties?: Properties } | undefined)?.properties ?? {}).flatMap(
    ({ path, schema, wrap }) =>
      wrongValues(path.at(-1) ?? '', schema).map(([fault, value, named, element]): Case => {
        const pointer = `#/${[...path, ...element].join('/')}`;
        return [`${operation} ${path.join('.')} ${fault}`, pointer, named, route, wrap(value)];
      }),
  );

interface Located {
  readonly path: readonly string[];
  readonly schema: ArraySchema;
  /** Returns a body with the value at the path, and nothing else. */
  readonly wrap: (value: unknown) => object;
}

const arraysIn = (properties: Properties, path: readonly string[] = [], wrap = (body: object) => body): Located[] =>
  Object.entries(properties)
    .filter(([, { type }]) => type === 'array')
    .flatMap(([name, schema]) => {
      const here = { path: [...path, name], schema, wrap: (value: unknown) => wrap({ [name]: value }) };
      return [here, ...arraysIn(schema.items?.properties ?? {}, [...path, name, '0'], (body) => here.wrap([body]))];
    });

/** Returns each fault with a wrong value, the text that the message contains, and the rest of the pointer. */
function wrongValues(
  name: string,
  { items, minItems = 0, maxItems, uniqueItems }: ArraySchema,
): [fault: string, value: unknown, named: string, element: string[]][] {
  const element = exampleOf(items as never);
  return [
    ['is no array', 'x', `${name} must be an array`, []],
    ['has an element of another type', [5], `${name}[0] must be a`, ['0']],
    ...(items?.pattern ? [['has a wrong element', ['\u0001'], `${name}[0]`, ['0']] as never] : []),
    ...(minItems > 0 ? [['is empty', [], `${name} must NOT have fewer than ${minItems} items`, []] as never] : []),
    ...(maxItems
      ? [['is too long', Array(maxItems + 1).fill(element), `${name} must NOT have more than ${maxItems}`, []] as never]
      : []),
    ...(uniqueItems ? [['repeats an element', [element, element], 'items 0 and 1 are equal', []] as never] : []),
  ];
}

const cases = Object.entries(routes).flatMap(casesOf);

describe('an array in a body', () => {
  it('is tested in every contract with an array, also in the elements of arrays', () => {
    expect(cases.length).toBeGreaterThan(100);
    expect(cases.map(([name]) => name)).toEqual(
      expect.arrayContaining([expect.stringContaining('applyTopology Members.0.SecurityGroupIds')]),
    );
  });

  it.each(cases)('%s: the message names the array and the rule', async (_, pointer, named, route, body) => {
    const response = await call(exampleRequest(route).request, { body });

    expect(response).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
    const about = (response.body.errors as { pointer: string; detail: string }[]).filter(
      (one) => one.pointer === pointer,
    );
    expect(about.map(({ detail }) => detail).join(' ')).toContain(named);
    expect(about.map(({ detail }) => detail)).not.toContainEqual(expect.stringMatching(/has the wrong format\.$/));
  });
});
