import * as sdk from '@aws-sdk/client-elasticache';
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { Fault } from './fault.ts';

type Schema = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = typeof sdk.CreateGlobalReplicationGroup$;

/** The only API version of ElastiCache. The XML namespace contains it too. */
export const VERSION = '2015-02-02';

/**
 * Parses request parameters in AWS's Query format (`Name=value&List.Element.1.Name=value`), percent-decoded.
 * @throws Fault MalformedQueryString if the text is not valid form data.
 */
export function readForm(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    parameters.set(percentDecode(name), percentDecode(value)); // unverified: the last value of a repeated parameter wins
  }
  return parameters;
}

/** Returns the SDK's schema of an ElastiCache operation with its input and output shapes, or undefined. */
export function findOperationSchema(action: string): OperationSchema | undefined {
  return operationSchemas.get(action);
}

/**
 * Parses the input of an operation by its schema. Parameters outside the schema are ignored, as AWS does.
 * @throws Fault MalformedInput if a value does not have its type.
 * @throws Fault InvalidParameterValueException if a required parameter is missing or blank.
 */
export function readInput(operation: OperationSchema, parameters: Map<string, string>): Record<string, unknown> {
  return readStructure(NormalizedSchema.of(operation[4] as Schema), parseTree(parameters), '') as Record<
    string,
    unknown
  >;
}

/** Returns the XML response of a successful operation. An operation without output has no result element. */
export function writeOutput(
  operation: OperationSchema,
  output: object,
  requestId: string,
  xmlNamespace = NAMESPACE,
): string {
  const [, , action, , , result] = operation;
  const hasResult = !NormalizedSchema.of(result as Schema).isUnitSchema();
  const envelope = structureSchema(`${action}Response`, {
    ...(hasResult && { [`${action}Result`]: result as Schema }),
    ResponseMetadata: structureSchema('ResponseMetadata', { RequestId: STRING }),
  });
  return serialize(envelope, { [`${action}Result`]: output, ResponseMetadata: { RequestId: requestId } }, xmlNamespace);
}

/** Returns the XML response of a failed operation. */
export function writeFault(fault: Fault, requestId: string): string {
  const { code, message, status } = fault;
  const Type = status < 500 ? 'Sender' : 'Receiver';
  return serialize(ERROR_RESPONSE, { Error: { Type, Code: code, Message: message }, RequestId: requestId });
}

/** First item of an operation schema of the SDK. The name, input and output follow. */
const OPERATION_SHAPE = 9;
const operationSchemas = new Map(
  Object.values(sdk)
    .filter((shape): shape is OperationSchema => Array.isArray(shape) && shape[0] === OPERATION_SHAPE)
    .map((shape) => [shape[2], shape]),
);

const STRING = 0;
const NAMESPACE = `http://elasticache.amazonaws.com/doc/${VERSION}/`;
const XML_DATE_TIME = 5;
const ERROR_RESPONSE = structureSchema('ErrorResponse', {
  Error: structureSchema('Error', { Type: STRING, Code: STRING, Message: STRING }),
  RequestId: STRING,
});

function structureSchema(name: string, members: Record<string, Schema>): Schema {
  return [3, 'emulator', name, 0, Object.keys(members), Object.values(members) as never[]];
}

function serialize(schema: Schema, value: object, xmlNamespace = NAMESPACE): string {
  const serializer = new XmlShapeSerializer({
    xmlNamespace,
    serviceNamespace: 'com.amazonaws.elasticache',
    timestampFormat: { useTrait: true, default: XML_DATE_TIME },
  });
  serializer.write(schema as never, value);
  return String(serializer.flush());
}

/** A node of the tree of parameter names: `A.B.1=x` is three levels deep. */
interface ParameterNode {
  value?: string;
  children: Map<string, ParameterNode>;
}

function parseTree(parameters: Map<string, string>): ParameterNode {
  const root: ParameterNode = { children: new Map() };
  for (const [name, value] of parameters) {
    let node = root;
    for (const part of name.split('.')) node = ensureChild(node, part);
    node.value = value;
  }
  return root;
}

function ensureChild(node: ParameterNode, name: string): ParameterNode {
  const existing = node.children.get(name);
  if (existing) return existing;
  const added: ParameterNode = { children: new Map() };
  node.children.set(name, added);
  return added;
}

function readValue(schema: NormalizedSchema, node: ParameterNode, name: string): unknown {
  if (schema.isStructSchema()) return readStructure(schema, node, `${name}.`);
  if (schema.isListSchema()) return readList(schema, node, name);
  if (node.children.size > 0) throw malformedInput(`Start of structure or map found where not expected: ${name}`);
  const value = node.value ?? '';
  if (schema.isBooleanSchema()) return readBoolean(value, name);
  if (schema.isNumericSchema()) return readInteger(value, name);
  if (schema.isTimestampSchema()) return readTimestamp(value, name);
  return readString(value, name);
}

function readStructure(schema: NormalizedSchema, node: ParameterNode, prefix: string): object {
  if (node.value) throw malformedInput(`Value found where a structure is expected: ${prefix.slice(0, -1)}`);
  const structure: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(member.getMergedTraits().xmlName ?? name);
    if (child) structure[name] = readValue(member, child, `${prefix}${name}`);
  }
  for (const name of requiredMembersOf(schema)) {
    if (structure[name] === undefined || structure[name] === '')
      throw new Fault(
        'InvalidParameterValueException', // unverified: MissingParameter is also documented and other services return it
        `The parameter ${prefix}${name} must be provided and must not be blank.`,
      );
  }
  return structure;
}

/** Returns the required members. The last item of a structure schema is their number, counted from the first member. */
function requiredMembersOf(schema: NormalizedSchema): string[] {
  const [, , , , names, , required] = schema.getSchema() as unknown as [0, 0, 0, 0, string[], unknown[], number?];
  return names.slice(0, required ?? 0);
}

function readList(schema: NormalizedSchema, node: ParameterNode, name: string): unknown[] {
  if (node.value) throw malformedInput(`Value found where a list is expected: ${name}`);
  const item = schema.getValueSchema();
  const element = item.getMergedTraits().xmlName ?? 'member';
  const items = [...(node.children.get(element)?.children ?? [])];
  if (node.children.size > 0 && items.length === 0) throw malformedInput(`${name} lists its items as ${element}.1, …`);
  for (const [index] of items)
    if (!/^[1-9]\d{0,5}$/.test(index)) throw malformedInput(`Not an index: ${name}.${element}.${index}`);
  return items
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([index, child]) => readValue(item, child, `${name}.${element}.${index}`));
}

function readBoolean(value: string, name: string): boolean {
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw malformedInput(`Not a boolean: ${name}`);
}

function readInteger(value: string, name: string): number {
  const number = Number(value);
  if (!/^[+-]?\d+$/.test(value) || number !== (number | 0)) throw malformedInput(`Not an integer: ${name}`);
  return number;
}

function readTimestamp(value: string, name: string): Date {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw malformedInput(`Not a timestamp: ${name}`);
  return date;
}

/** Characters that XML 1.0 does not allow, even escaped. unverified: the error that ElastiCache returns. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function readString(value: string, name: string): string {
  if (NOT_IN_XML.test(value)) throw malformedInput(`Character that XML does not allow: ${name}`);
  return value;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Fault('MalformedQueryString', 'The query string contains a syntax error.');
  }
}

/** Creates the fault of Query services for malformed input. unverified: texts. */
function malformedInput(message: string): Fault {
  return new Fault('MalformedInput', message);
}
