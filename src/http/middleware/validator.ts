import type { Request } from '@middy/core';
import type { ErrorObject } from 'ajv';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { pointerToken } from '../../lib/jsonPointer.ts';
import { Problem, type Violation } from '../../problems/problem.ts';
import { type ObjectSchema, type Route, schemasOf } from '../../schemas/route.ts';
import type { Validator, Validators } from '../../schemas/validators.ts';
import { describeError, namedMemberOf } from '../validationMessages.ts';

/** The limit on violations in a response. */
const maxViolations = 50;

/**
 * Rejects a request that does not match the schemas of its contract, with all violations and their locations. A header that the
 * contract lists must not be empty: an empty precondition would otherwise be no precondition.
 */
export const validator = (contract: Route, { path, query, body }: Validators) => {
  const schemas = schemasOf(contract);

  return {
    before: function validate({ event }: Request<APIGatewayProxyEventV2>): void {
      const values = convertQuery(schemas.query, event.queryStringParameters ?? {});
      assertNoViolation([
        ...findErrors(path, event.pathParameters ?? {}).map((error) => inParameter('path', error, schemas.path)),
        ...findErrors(query, values).map((error) => inParameter('query', error, schemas.query)),
        ...(body && contract.body ? findErrors(body, event.body).map((error) => inBody(error, contract.body)) : []),
        ...(contract.headers ?? []).filter((name) => isEmpty(event.headers[name.toLowerCase()])).map(inHeader),
      ]);
      event.queryStringParameters = values as Record<string, string>;
    },
  };
};

function assertNoViolation(violations: readonly Violation[]): void {
  const [first] = violations;
  if (!first) return;
  const count = violations.length === 1 ? '1 violation' : `${violations.length} violations`;
  throw new Problem('ValidationFailed', `The request has ${count}. ${first.detail}`, {
    errors: violations.slice(0, maxViolations),
  });
}

/** Converts query values to the types of their schemas: numbers and booleans. The validator rejects other text. */
function convertQuery(schema: ObjectSchema, query: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(query).map(([name, value = '']) => {
      const type = (schema.properties[name] as { type?: string } | undefined)?.type;
      if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return [name, Number(value)];
      if (type === 'boolean' && /^(true|false)$/.test(value)) return [name, value === 'true'];
      return [name, value];
    }),
  );
}

/** Returns the errors of a value. Errors in the branches of an `anyOf` are left out: the `anyOf` has an error of its own. */
function findErrors(validator: Validator, value: unknown): readonly ErrorObject[] {
  if (validator(value)) return [];
  return (validator.errors ?? []).filter(({ schemaPath }) => !schemaPath.includes('/anyOf/'));
}

const isEmpty = (value: string | undefined): boolean => value?.trim() === '';

const inHeader = (parameter: string): Violation => ({
  in: 'header',
  parameter,
  detail: `${parameter} is empty. Send a value or leave the header out.`,
});

function inBody(error: ErrorObject, schema: ObjectSchema | undefined): Violation {
  const name = namedMemberOf(error);
  const pointer = `#${error.instancePath}${name === undefined ? '' : `/${pointerToken(name)}`}`;
  return { pointer, detail: describeError(error, schema) };
}

function inParameter(location: 'path' | 'query', error: ErrorObject, schema: ObjectSchema): Violation {
  const parameter = (namedMemberOf(error) ?? error.instancePath.slice(1)).slice(0, 200);
  return { in: location, parameter, detail: describeError(error, schema) };
}
