// Replaced at build time by build/plugins/precompiledValidators.ts.
import type { ErrorObject } from 'ajv/dist/2020.js';
import { ajv } from './ajv.ts';
import { type Route, schemasOf } from './route.ts';

/** Checks data against a schema. Leaves every violation in `errors`. */
export interface Validator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** The validators of the three parts of a request. */
export interface Validators {
  readonly path: Validator;
  readonly query: Validator;
  readonly body?: Validator;
}

/** Compiles the validators of a route. The build compiles them beforehand: the compiler is the largest avoidable part of a cold start. */
export function validatorsOf(route: Route): Validators {
  const compiler = ajv();
  const { path, query, body } = schemasOf(route);
  return {
    path: compiler.compile(path) as Validator,
    query: compiler.compile(query) as Validator,
    body: body && (compiler.compile(body) as Validator),
  };
}
