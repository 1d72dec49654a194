// Replaced at build time by build/plugins/precompiledValidators.ts.
import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import { formats } from './formats.ts';
import { type Route, schemasOf } from './route.ts';

/** Tells whether `data` matches; leaves every violation in `errors`. */
export interface Validator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** What checks the three places of a request. */
export interface Validators {
  readonly path: Validator;
  readonly query: Validator;
  readonly body?: Validator;
}

/** Ajv as all of this project uses it: every violation at once, nothing coerced, unknown keywords refused. */
export const ajv = (options: Options = {}) =>
  new Ajv2020({ allErrors: true, strict: true, strictRequired: false, formats, ...options });

/**
 * The validators of a route, compiled here and now. The build puts code compiled beforehand in the place of this module:
 * the compiler is the largest avoidable part of a cold start.
 */
export function validatorsOf(route: Route): Validators {
  const compiler = ajv();
  const { path, query, body } = schemasOf(route);
  return {
    path: compiler.compile(path) as Validator,
    query: compiler.compile(query) as Validator,
    body: body && (compiler.compile(body) as Validator),
  };
}
