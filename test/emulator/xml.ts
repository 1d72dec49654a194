import type { NormalizedSchema } from '@smithy/core/schema';

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Parses XML without a schema. Throws if it is not well-formed. */
export function parseXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < xml.length) {
    const found = token.exec(xml);
    const parent = open.at(-1);
    if (!found || !parent) throw new Error(`Not well-formed: ${xml}`);
    const [, closing, name = '', attributes = '', empty, text] = found;
    if (text !== undefined) parent.text += decode(text);
    else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element: ${xml}`);
    } else {
      const element = { name, attributes: readAttributes(attributes), children: [], text: '' };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [top, ...others] = root.children;
  if (!top || others.length > 0 || open.length !== 1) throw new Error(`Not one element: ${xml}`);
  return top;
}

/** Returns the differences between an XML element and its value in the SDK: unknown elements, missing members, other values. */
export function differences(schema: NormalizedSchema, element: Element, value: unknown, path = element.name): string[] {
  if (schema.isStructSchema()) return structureDifferences(schema, element, value as Record<string, unknown>, path);
  if (schema.isListSchema()) return listDifferences(schema, element, value as unknown[], path);
  const text = value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : String(value);
  return text === element.text ? [] : [`${path}: "${element.text}" became "${text}"`];
}

function structureDifferences(
  schema: NormalizedSchema,
  element: Element,
  value: Record<string, unknown>,
  path: string,
): string[] {
  const members = new Map(
    [...schema.structIterator()].map(([name, member]) => [
      member.getMergedTraits().xmlName ?? name,
      [name, member] as const,
    ]),
  );
  const found = new Set<string>();
  const inner = element.children.flatMap((child) => {
    const [name = '', member] = members.get(child.name) ?? [];
    if (!member) return [`${path}/${child.name} is no member of ${schema.getName()}`];
    if (found.has(name)) return [`${path}/${child.name} is there twice`];
    found.add(name);
    return differences(member, child, value[name], `${path}/${child.name}`);
  });
  const added = Object.keys(value).filter(
    (name) => name !== '$metadata' && value[name] !== undefined && !found.has(name),
  );
  return [...inner, ...added.map((name) => `${path}: ${name} is not in the XML`)];
}

function listDifferences(schema: NormalizedSchema, element: Element, value: unknown[], path: string): string[] {
  const item = schema.getValueSchema();
  const name = item.getMergedTraits().xmlName ?? 'member';
  const foreign = element.children
    .filter((child) => child.name !== name)
    .map((child) => `${path}/${child.name} is no ${name}`);
  if (element.children.length !== value.length)
    return [`${path} has ${element.children.length} items, not ${value.length}`];
  return [...foreign, ...element.children.flatMap((child, i) => differences(item, child, value[i], `${path}[${i}]`))];
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value = '']) => [name, decode(value)]),
  );
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex?: string, decimal?: string, name = '') => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    const character = entities[name];
    if (character === undefined) throw new Error(`Unknown entity &${name};`);
    return character;
  });
}
