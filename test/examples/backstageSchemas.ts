/** The documented format of entities: backstage.io/docs/features/software-catalog/descriptor-format. */
const entity = (apiVersion: string, kind: string, spec: object) => ({
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: apiVersion },
    kind: { const: kind },
    metadata: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', pattern: '^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$' },
        title: text,
        description: { type: 'string' },
        tags: { type: 'array', items: { type: 'string', pattern: '^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$', maxLength: 63 } },
        links: {
          type: 'array',
          items: { type: 'object', required: ['url'], properties: { url: text, title: text, icon: text, type: text } },
        },
      },
      additionalProperties: false,
    },
    spec,
  },
  additionalProperties: false,
});

const text = { type: 'string', minLength: 1 };
const references = { type: 'array', items: { type: 'string', pattern: '^([a-z]+:)?([a-z0-9-]+/)?[A-Za-z0-9_.-]+$' } };
const condition = { type: ['string', 'boolean'] };

/** The input of the action http:backstage:request 5.8.0. */
const request = {
  type: 'object',
  required: ['path', 'method'],
  properties: {
    path: { type: 'string', pattern: '^/proxy/' },
    method: { enum: ['GET', 'HEAD', 'OPTIONS', 'POST', 'UPDATE', 'DELETE', 'PUT', 'PATCH'] },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    params: { type: 'object', additionalProperties: { type: 'string' } },
    body: {},
    timeout: { type: 'number' },
  },
  additionalProperties: false,
};

/** The schemas of the kinds, without the members that the examples do not use. */
export const schemas: Readonly<Record<string, object>> = {
  API: entity('backstage.io/v1alpha1', 'API', {
    type: 'object',
    required: ['type', 'lifecycle', 'owner', 'definition'],
    properties: { type: text, lifecycle: text, owner: text, system: text, definition: text },
    additionalProperties: false,
  }),
  Resource: entity('backstage.io/v1alpha1', 'Resource', {
    type: 'object',
    required: ['type', 'owner'],
    properties: { type: text, owner: text, system: text, dependsOn: references, dependencyOf: references },
    additionalProperties: false,
  }),
  Template: entity('scaffolder.backstage.io/v1beta3', 'Template', {
    type: 'object',
    required: ['type', 'steps'],
    properties: {
      type: text,
      owner: text,
      parameters: { type: 'array', items: { $ref: 'http://json-schema.org/draft-07/schema#' } },
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'name', 'action', 'input'],
          properties: {
            id: text,
            name: text,
            if: condition,
            action: { const: 'http:backstage:request' },
            input: request,
          },
          additionalProperties: false,
        },
      },
      output: {
        type: 'object',
        properties: {
          text: {
            type: 'array',
            items: {
              type: 'object',
              properties: { title: text, if: condition, content: { type: 'string' } },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  }),
};
