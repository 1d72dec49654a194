// Replaced at build time by build/plugins/precompiledValidators.ts.
import type { ErrorObject } from 'ajv/dist/2020.js';
import { ajv } from './ajv.ts';
import { type ObjectSchema, type Route, schemasOf } from './route.ts';

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

/**
 * Returns the validators of a route. Each is compiled when it is first used, as one process may have all routes. The build
 * compiles them beforehand: the compiler is the largest avoidable part of a cold start.
 */
export function validatorsOf(route: Route): Validators {
  const { path, query, body } = schemasOf(route);
  return { path: validatorOf(path), query: validatorOf(query), body: body && validatorOf(body) };
}

const compiler = ajv();

function validatorOf(schema: ObjectSchema): Validator {
  let compiled: Validator | undefined;
  const validate: Validator = (data) => {
    compiled ??= compiler.compile(schema) as Validator;
    const isValid = compiled(data);
    validate.errors = compiled.errors;
    return isValid;
  };
  return validate;
}
