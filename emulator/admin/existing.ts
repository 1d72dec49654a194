import { listFamilies } from '../rules/engines.ts';
import { isNodeType } from '../rules/nodeTypes.ts';
import type { Store } from '../state/store.ts';

/** The form of each member of the body. */
export const forms = {
  SubnetGroups: 'a list of names, such as ["private"]',
  UserGroups: 'an object of names and statuses, such as {"team": "active"}',
  ParameterGroups: 'an object of names and families, such as {"mine": "valkey8"}',
  WithoutCapacity: 'a list of node types, such as ["cache.r7g.large"], which replaces the previous one',
};

/** Returns the resources that replication groups can refer to, with member names in PascalCase. */
export function viewExisting({ options }: Store): object {
  const { subnetGroups, userGroups, parameterGroups, withoutCapacity } = options.existing;
  return {
    SubnetGroups: subnetGroups,
    UserGroups: userGroups,
    ParameterGroups: parameterGroups,
    WithoutCapacity: withoutCapacity,
  };
}

/**
 * Adds resources.
 * @throws Error that names the valid form. Nothing is added then.
 */
export function addExisting(store: Store, body: unknown): object {
  const current = store.options.existing;
  const { SubnetGroups = [], UserGroups = {}, ParameterGroups = {}, WithoutCapacity } = readMembers(body);
  Object.assign(current, {
    subnetGroups: [...new Set([...current.subnetGroups, ...readList('SubnetGroups', SubnetGroups, isName)])],
    userGroups: { ...current.userGroups, ...readMap('UserGroups', UserGroups, STATUSES) },
    parameterGroups: { ...current.parameterGroups, ...readMap('ParameterGroups', ParameterGroups, listFamilies()) },
    withoutCapacity:
      WithoutCapacity === undefined
        ? current.withoutCapacity
        : readList('WithoutCapacity', WithoutCapacity, isNodeType, 'a node type of ElastiCache'),
  });
  return viewExisting(store);
}

type Member = keyof typeof forms;

/** The statuses of a user group (ElastiCache API reference, UserGroup). Only `active` groups can be used. */
const STATUSES = ['active', 'creating', 'modifying', 'deleting'];

const NAME = 'a name of 1 to 255 letters, digits, hyphens, dots and underscores, not default.…';

function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,254}$/i.test(text) && !text.startsWith('default.');
}

function readMembers(body: unknown): { [name in Member]?: unknown } {
  const names = Object.keys(forms);
  const form = Object.entries(forms).map(([name, form]) => `${name}: ${form}`);
  if (!isObject(body)) throw new Error(`Give an object. ${form.join('; ')}.`);
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`Unknown member ${unknown}. Use one of ${names.join(', ')}.`);
  return body;
}

function readList(member: Member, value: unknown, isValid: (text: string) => boolean, rule = NAME): string[] {
  if (!Array.isArray(value)) throw wrongForm(member, value);
  for (const item of value) if (typeof item !== 'string' || !isValid(item)) throw wrongForm(member, item, rule);
  return value;
}

function readMap(member: Member, value: unknown, values: string[]): Record<string, string> {
  if (!isObject(value)) throw wrongForm(member, value);
  for (const [name, item] of Object.entries(value)) {
    if (!isName(name)) throw wrongForm(member, name, NAME);
    if (typeof item !== 'string' || !values.includes(item))
      throw wrongForm(member, item, `one of ${values.join(', ')}`);
  }
  return value as Record<string, string>;
}

function wrongForm(member: Member, value: unknown, rule?: string): Error {
  const wrong = JSON.stringify(value);
  return new Error(`${member} must be ${forms[member]}${rule ? `; ${wrong} is not ${rule}` : `, not ${wrong}`}.`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
