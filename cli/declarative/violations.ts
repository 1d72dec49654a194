import type { ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';

/** An invalid place in a file. */
export interface Violation {
  /** The place, as a JSON pointer with `#`. */
  readonly pointer: string;
  readonly detail: string;
}

interface DescribedSchema {
  readonly description?: string;
  readonly errorMessage?: string;
  readonly properties?: Readonly<Record<string, DescribedSchema>>;
}

/** Returns the violation of an error of the validator: its place and the remedy. `source` is the text in the file. */
export function describeViolation(error: ErrorObject, source: string | undefined): Violation | undefined {
  const { keyword, instancePath, schemaPath, params, message = '' } = error;
  const schema = (error.parentSchema ?? {}) as DescribedSchema;
  const pointer = `#${instancePath}`;
  const name = /[^/]*$/.exec(instancePath)?.[0] || 'The file';
  const { description = '' } = schema;
  switch (keyword) {
    case 'additionalProperties': {
      const unknown: string = params.additionalProperty;
      return { pointer: `${pointer}/${escaped(unknown)}`, detail: describeUnknown(unknown, schema) };
    }
    case 'required':
      if (schemaPath.startsWith('#/oneOf/')) return undefined; // the error of oneOf covers it
      return {
        pointer,
        detail: `${params.missingProperty} is missing. ${schema.properties?.[params.missingProperty]?.description ?? ''}`,
      };
    case 'oneOf':
      return { pointer, detail: 'Give either GlobalReplicationGroupId or GlobalReplicationGroupIdSuffix.' };
    case 'not':
      return { pointer, detail: schema.errorMessage ?? message };
    case 'type':
      return {
        pointer,
        detail: `${name} must be ${article(params.type)} ${params.type}.${quoteHint(params.type, error.data, source)}`,
      };
    case 'enum':
      return { pointer, detail: `${name} must be ${params.allowedValues.join(' or ')}. ${description}` };
    case 'pattern':
      return { pointer, detail: `${name} has the wrong format. ${description}` };
    default:
      return { pointer, detail: `${name} ${message}. ${description}` };
  }
}

/** Describes an unknown name, with the nearest known one. */
function describeUnknown(name: string, { properties = {} }: DescribedSchema): string {
  const known = Object.keys(properties).filter((other) => !properties[other]?.errorMessage);
  const nearest = closest(name, known);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3);
  return `${name} is unknown. ${isNear ? `Did you mean ${nearest}?` : `Known names are ${known.join(', ')}.`}`;
}

const article = (word: string): string => (/^[aeio]/.test(word) ? 'an' : 'a');

/** Returns the hint that YAML reads a text without quotes, such as 8.0, as a number. */
const quoteHint = (type: string, value: unknown, source: string | undefined): string =>
  type === 'string' && source !== undefined && value !== null ? ` Write it in quotes: "${source}".` : '';

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
