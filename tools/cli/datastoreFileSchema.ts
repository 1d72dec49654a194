import { operationMemberRequest } from '../../src/schemas/addMember.ts';
import { topologyRequest } from '../../src/schemas/applyTopology.ts';
import { globalReplicationGroupId, globalReplicationGroupIdSuffix } from '../../src/schemas/common.ts';
import { modifyRequest } from '../../src/schemas/modifyGlobalDatastore.ts';
import { scaleRequest } from '../../src/schemas/scaleNodeGroups.ts';

type Schema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, Schema>>;

const { ApplyImmediately: _, ...settings } = modifyRequest.properties;

/** The settings that all members share. In a file they are a desired state, not a change. */
const sharedSettings: Schemas = Object.fromEntries(
  Object.entries({ ...settings, NodeGroupCount: scaleRequest.properties.NodeGroupCount }).map(([name, schema]) => [
    name,
    { ...schema, description: schema.description.replace(/^The (new|desired) /, 'The ') },
  ]),
);

const { Members } = topologyRequest.properties;
const { Role, ...memberSettings } = Members.items.properties;

/** Returns the settings of a member, without the names that the contract refuses, and without the role. */
const acceptedSettings = (): Schemas =>
  Object.fromEntries(Object.entries(memberSettings as Schemas).filter(([, schema]) => !('not' in schema)));

/** Returns a schema that refuses each name that the contract refuses. Editors show the reason and do not suggest the name. */
const refusedSettings = (): Schemas =>
  Object.fromEntries(
    Object.entries(memberSettings as Schemas)
      .filter(([, schema]) => 'not' in schema)
      .map(([name, { description }]) => [
        name,
        { not: {}, errorMessage: reasonToRefuse(name, String(description)), doNotSuggest: true },
      ]),
  );

/** Returns the reason why a member must not have a setting. A setting that all members share belongs to the datastore. */
function reasonToRefuse(name: string, reason: string): string {
  const shared = name === 'NumNodeGroups' ? 'NodeGroupCount' : name;
  const isShared = shared in sharedSettings || shared === 'GlobalReplicationGroupId';
  return isShared ? `${name} belongs to the datastore, not to a member. Write ${shared} beside Members.` : reason;
}

/** The schema of the file for `gds apply`: the contract of the routes that it calls, as one desired state. */
export const datastoreFileSchema: Schema = published({
  $schema: 'http://json-schema.org/draft-07/schema#', // the draft that all editors read
  title: 'A Global Datastore',
  description: 'The desired state of a Global Datastore, for gds apply. What it does not name is left alone.',
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'The schema of this file, for editors.' },
    GlobalReplicationGroupId: globalReplicationGroupId,
    GlobalReplicationGroupIdSuffix: {
      ...globalReplicationGroupIdSuffix,
      description: `${globalReplicationGroupIdSuffix.description} Give it in place of the id for a datastore that does not exist yet.`,
    },
    ...sharedSettings,
    Members: {
      type: 'array',
      minItems: Members.minItems,
      maxItems: Members.maxItems,
      description:
        'The members: up to three, each in a different region. Members of the datastore that are not listed stay, unless --prune detaches them.',
      items: {
        type: 'object',
        properties: {
          ...acceptedSettings(),
          Role: {
            ...Role,
            description: `${Role.description} Left out, a member keeps its role, and a new one is a SECONDARY. A datastore is created from its PRIMARY, which must exist.`,
          },
          ...refusedSettings(),
        },
        required: operationMemberRequest.required,
        additionalProperties: false,
      },
    },
  },
  oneOf: [{ required: ['GlobalReplicationGroupId'] }, { required: ['GlobalReplicationGroupIdSuffix'] }],
  additionalProperties: false,
});

/** Returns a schema without the format that depends on the configuration of the API: its regions. */
function published<T>(schema: T): T {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(published) as T;
  const entries = Object.entries(schema).filter(([, value]) => value !== 'aws-region');
  return Object.fromEntries(entries.map(([name, value]) => [name, published(value)])) as T;
}
