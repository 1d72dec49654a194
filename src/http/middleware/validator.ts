import type { Request } from '@middy/core';
import type { ErrorObject } from 'ajv';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../../config.ts';
import { pointerToken } from '../../lib/jsonPointer.ts';
import { Problem, type Violation } from '../../problems/problem.ts';
import { type ObjectSchema, type Route, schemasOf } from '../../schemas/route.ts';
import type { Validator, Validators } from '../../schemas/validators.ts';

/** A request with hundreds of errors is a mistake of another kind; the first ones tell enough. */
const mostErrors = 50;

/** Refuses a request that does not match its route's schemas, with every violation at once and its place. */
export const validator = (route: Route, { path, query, body }: Validators) => {
  const schemas = schemasOf(route);

  return {
    before: function validate({ event }: Request<APIGatewayProxyEventV2>): void {
      const values = queryValues(schemas.query, event.queryStringParameters ?? {});
      const errors = [
        ...violations(path, event.pathParameters ?? {}).map((error) => ofParameter('path', error, schemas.path)),
        ...violations(query, values).map((error) => ofParameter('query', error, schemas.query)),
        ...(body && route.body ? violations(body, event.body).map((error) => ofBody(error, route.body)) : []),
      ];
      if (errors.length > 0) {
        const shown = errors.slice(0, mostErrors);
        const detail = `${errors.length === 1 ? 'One place' : `${errors.length} places`} in the request ${errors.length === 1 ? 'is' : 'are'} not right: ${shown[0]?.detail}`;
        throw new Problem('ValidationFailed', detail, { errors: shown });
      }
      event.queryStringParameters = values as Record<string, string>;
    },
  };
};

function violations(validator: Validator, data: unknown): readonly ErrorObject[] {
  if (validator(data)) return [];
  return (validator.errors ?? []).filter(({ schemaPath }) => !schemaPath.includes('/anyOf/')); // anyOf speaks for its branches
}

/** Query values as their schemas have them: digits become numbers, true and false booleans; all else stays for the validator. */
function queryValues(schema: ObjectSchema, query: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(query).map(([name, value = '']) => {
      const type = (schema.properties[name] as { type?: string } | undefined)?.type;
      if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return [name, Number(value)];
      if (type === 'boolean' && /^(true|false)$/.test(value)) return [name, value === 'true'];
      return [name, value];
    }),
  );
}

function ofBody(error: ErrorObject, schema: ObjectSchema | undefined): Violation {
  const name = namedBy(error);
  const pointer = `#${error.instancePath}${name === undefined ? '' : `/${pointerToken(name)}`}`;
  return { pointer, detail: explain(error, schema) };
}

function ofParameter(place: 'path' | 'query', error: ErrorObject, schema: ObjectSchema): Violation {
  const parameter = (namedBy(error) ?? error.instancePath.slice(1)).slice(0, 200);
  return { in: place, parameter, detail: explain(error, schema) };
}

/** The member that an error names and does not stand at, being missing or unknown. */
const namedBy = ({ params }: ErrorObject): string | undefined => params.missingProperty ?? params.additionalProperty;

function explain(error: ErrorObject, schema: ObjectSchema | undefined): string {
  const at = schemaAt(schema, error.schemaPath);
  const name = error.instancePath.split('/').at(-1) || 'The body';
  switch (error.keyword) {
    case 'required':
      return `${namedBy(error)} is required. ${described(at.properties?.[namedBy(error) ?? ''])}`.trim();
    case 'dependentRequired':
      return `${namedBy(error)} is required together with ${error.params.property}.`;
    case 'additionalProperties':
      return unknownName(String(namedBy(error)), Object.keys(at.properties ?? {}));
    case 'format':
      return `${name} must be one of ${config.regions.join(', ')}: the regions that this API is configured for.`;
    case 'enum':
    case 'const':
      return `${name} must be ${[error.params.allowedValues ?? error.params.allowedValue].flat().join(' or ')}. ${described(at)}`.trim();
    case 'type':
      return `${name} must be of type ${error.params.type}.`;
    case 'pattern':
      return `${name} is not of the right form. ${described(at)}`.trim();
    case 'not':
    case 'anyOf':
      return described(at);
    default:
      return `${name} ${error.message}. ${described(at)}`.trim();
  }
}

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

const described = (schema?: Described) => schema?.description ?? '';

/** The part of a schema that holds the keyword that failed: `#/properties/MaxRecords/maximum` leads to MaxRecords. */
function schemaAt(schema: ObjectSchema | undefined, schemaPath: string): Described {
  const steps = schemaPath.split('/').slice(1, -1).map(decodeURIComponent);
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], schema) ?? {};
}

function unknownName(name: string, known: readonly string[]): string {
  const near = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const instead = near
    ? `did you mean ${near}?`
    : known.length > 0
      ? `known are ${known.join(', ')}.`
      : 'none is taken here.';
  return `${name.slice(0, 100)} is not known here; ${instead}`;
}
