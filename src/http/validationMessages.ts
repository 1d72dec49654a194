import type { ErrorObject } from 'ajv';
import { config } from '../config.ts';
import type { ObjectSchema } from '../schemas/route.ts';

/** Returns the missing or unknown member that an error is about. The location of such an error is the object around it. */
export const namedMemberOf = ({ params }: ErrorObject): string | undefined =>
  params.missingProperty ?? params.additionalProperty;

/** Describes an error of the validator for callers, with the description of the schema that failed. */
export function describeError(error: ErrorObject, schema: ObjectSchema | undefined): string {
  const failed = findFailedSchema(schema, error.schemaPath);
  const name = nameOf(error.instancePath);
  const member = namedMemberOf(error) ?? '';
  switch (error.keyword) {
    case 'required':
      return withDescription(`${member} is required.`, failed.properties?.[member]);
    case 'dependentRequired':
      return `${member} is required together with ${error.params.property}.`;
    case 'additionalProperties':
      return describeUnknownMember(member, Object.keys(failed.properties ?? {}));
    case 'format':
      return `${name} must be one of the regions of this API: ${config.regions.join(', ')}.`;
    case 'enum':
    case 'const': {
      const allowed = [error.params.allowedValues ?? error.params.allowedValue].flat().join(' or ');
      return withDescription(`${name} must be ${allowed}.`, failed);
    }
    case 'type':
      return `${name} must be ${/^[aeio]/.test(error.params.type) ? 'an' : 'a'} ${error.params.type}.`;
    case 'pattern':
      return failed.description
        ? withDescription(`${name} has the wrong format.`, failed)
        : `${name} must match ${error.params.pattern}.`;
    case 'uniqueItems':
      return `${name} must list each item once: items ${error.params.i} and ${error.params.j} are equal.`;
    case 'not':
    case 'anyOf':
      return failed.description ?? '';
    default:
      return withDescription(`${name} ${error.message}.`, failed);
  }
}

/** Returns the name of the member at a location; for an element of an array that of the array with the index: `SecurityGroupIds[1]`. */
function nameOf(instancePath: string): string {
  const [, member = 'The body', indexes = ''] = instancePath.match(/([^/]+?)((?:\/\d+)*)$/) ?? [];
  return `${member}${indexes.replace(/\/(\d+)/g, '[$1]')}`;
}

interface DescribedSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DescribedSchema>>;
}

const withDescription = (message: string, schema: DescribedSchema | undefined): string =>
  schema?.description ? `${message} ${schema.description}` : message;

/** Returns the part of a schema with the keyword that failed: for `#/properties/MaxRecords/maximum` that of MaxRecords. */
function findFailedSchema(schema: ObjectSchema | undefined, schemaPath: string): DescribedSchema {
  const names = schemaPath.split('/').slice(1, -1).map(decodeURIComponent);
  return names.reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], schema) ?? {};
}

function describeUnknownMember(name: string, knownNames: readonly string[]): string {
  const message = `${name.slice(0, 100)} is unknown.`;
  const similar = knownNames.find((known) => known.toLowerCase() === name.toLowerCase());
  if (similar) return `${message} Did you mean ${similar}?`;
  return knownNames.length > 0 ? `${message} Known names are ${knownNames.join(', ')}.` : `${message} Leave it out.`;
}
