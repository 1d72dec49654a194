import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';

// The schemas of CloudFormation, as AWS publishes them.

const schemas = await loadAwsServiceSpec();
type Schema = ReturnType<typeof schemas.all<'resource'>>[number];
type Properties = Schema['properties'];
type PropertyType = Properties[string]['type'];

/** Returns the schema of a type of resource, if there is one. */
export const schemaOf = (Type: string): Schema | undefined =>
  schemas.lookup('resource', 'cloudFormationType', 'equals', Type)[0];

/** Returns where the properties of a resource break the schema of its type. `at` is the name of the resource. */
export const violationsOf = (Type: string, properties: unknown, at: string): string[] =>
  violationsOfObject(properties, schemaOf(Type)?.properties ?? {}, at);

/** Returns where a value breaks its schema. */
function violations(value: unknown, type: PropertyType, at: string): string[] {
  const intrinsic = intrinsicOf(value);
  if (intrinsic) return intrinsic.flatMap((alternative) => violations(alternative, type, at));
  switch (type.type) {
    case 'ref':
      return violationsOfObject(value, schemas.get('typeDefinition', type.reference.$ref).properties, at);
    case 'array':
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((item, index) => violations(item, type.element, `${at}[${index}]`));
    case 'map':
      return Object.entries(Object(value)).flatMap(([key, item]) => violations(item, type.element, `${at}.${key}`));
    case 'union':
      return type.types.some((one) => violations(value, one, at).length === 0) ? [] : [`${at} has none of its types`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
    case 'integer':
    case 'number':
      return typeof value === 'number' ? [] : [`${at} is no number`];
    case 'string':
      return typeof value === 'string' ? [] : [`${at} is no string`];
    default:
      return [];
  }
}

function violationsOfObject(value: unknown, properties: Properties, at: string): string[] {
  const members = Object(value) as Record<string, unknown>;
  const missing = Object.keys(properties).filter((name) => properties[name]?.required && !(name in members));
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...Object.entries(members).flatMap(([name, member]) => {
      const property = properties[name];
      return property ? violations(member, property.type, `${at}.${name}`) : [`${at}.${name} is unknown`];
    }),
  ];
}

/** Returns the values that an intrinsic function of CloudFormation can have, as far as they are known. */
function intrinsicOf(value: unknown): unknown[] | undefined {
  const [[name, argument] = [], ...others] = Object.entries(Object(value));
  if (others.length > 0 || typeof value !== 'object') return undefined;
  if (name === 'Fn::If') return (argument as unknown[]).slice(1);
  return name === 'Ref' || name?.startsWith('Fn::') ? [] : undefined;
}
