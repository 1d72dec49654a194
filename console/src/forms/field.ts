import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { resolve, type Schema } from '../contract.ts';
import { Text } from '../parts/text.ts';
import { knownRegions } from '../regions.ts';
import { type Path, pointerOf, type Values } from './values.ts';

/** The context that the fields of a form share. */
export interface FormContext {
  readonly document: Parameters<typeof resolve>[0];
  /** Returns the violations of a place that the user has changed. */
  readonly violationsAt: (pointer: string) => readonly string[];
  /** Returns the same with those of the places in it, such as the entries of a list. */
  readonly violationsIn: (pointer: string) => readonly string[];
  /** Returns whether the API refuses the change because of a place, such as a reason that its policy requires. */
  readonly isRefusedFor: (pointer: string) => boolean;
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly change: (path: Path, value: unknown) => void;
}

interface FieldProps {
  readonly context: FormContext;
  readonly schema: Schema;
  readonly path: Path;
  readonly value: unknown;
  readonly isRequired: boolean;
}

/** Shows the fields of an object: the required ones and those of `first`, then the others behind a summary. */
export function Fields({
  context,
  schema,
  path,
  value,
  first = [],
}: Omit<FieldProps, 'isRequired'> & { readonly first?: readonly string[] }) {
  const { properties = {}, required = [] } = schema;
  const values = (value ?? {}) as Values;
  const members = Object.entries(properties)
    .map(([name, property]) => [name, resolve(context.document, property)] as const)
    .filter(([, property]) => !isFixed(property));
  const isFirst = (name: string) => required.includes(name) || first.includes(name);
  const field = ([name, property]: readonly [string, Schema]) =>
    html`<${Field} key=${name} context=${context} schema=${property} path=${[...path, name]} value=${values[name]} isRequired=${required.includes(name)} />`;
  const [shown, others] = [members.filter(([name]) => isFirst(name)), members.filter(([name]) => !isFirst(name))];
  const hasOther = others.some(
    ([name]) => values[name] !== undefined || context.violationsIn(pointerOf([...path, name])).length > 0,
  );
  return html`
    ${shown.map(field)}
    ${others.length > 0 && html`<${More} count=${others.length} isUsed=${hasOther || shown.length === 0}>${others.map(field)}<//>`}`;
}

/** Shows fields behind a summary. It stays open once one of them is used. */
function More({
  count,
  isUsed,
  children,
}: {
  readonly count: number;
  readonly isUsed: boolean;
  readonly children?: ComponentChildren;
}) {
  const [isOpen, setOpen] = useState(isUsed);
  useEffect(() => {
    if (isUsed) setOpen(true);
  }, [isUsed]);
  const follow = ({ target }: Event) => setOpen((target as HTMLDetailsElement).open);
  return html`<details class="more" open=${isOpen} onToggle=${follow}><summary class="more-name">More settings (${count})</summary>${children}</details>`;
}

/** Returns whether a member has one possible value only, so that it needs no field. */
const isFixed = (schema: Schema): boolean => schema.const !== undefined || schema.enum?.length === 1;

function Field(props: FieldProps) {
  const { schema } = props;
  if (schema.type === 'object') return html`<${Group} ...${props} />`;
  if (schema.type === 'array' && resolve(props.context.document, schema.items ?? {}).type === 'object')
    return html`<${List} ...${props} />`;
  return html`<${Single} ...${props} />`;
}

/** Shows the fields of an object in an object. */
function Group({ context, schema, path, value }: FieldProps) {
  return html`<fieldset><legend>${labelOf(nameOf(path))}</legend><${Fields} context=${context} schema=${schema} path=${path} value=${value} /></fieldset>`;
}

/** Shows a list of objects, with a button that adds one. */
function List({ context, schema, path, value }: FieldProps) {
  const items = resolve(context.document, schema.items ?? {});
  const entries = (value ?? []) as readonly unknown[];
  const { maxItems = Number.POSITIVE_INFINITY } = schema;
  const name = labelOf(nameOf(path)).toLowerCase();
  return html`
    <fieldset class="list-field">
      <legend>${labelOf(nameOf(path))}</legend>
      <p class="help">${schema.description}</p>
      <${Violations} id=${idOf(path)} of=${context.violationsAt(pointerOf(path))} />
      <${EmptyList} context=${context} schema=${schema} path=${path} value=${value} />
      ${entries.map(
        (entry, index) => html`
          <fieldset key=${index}>
            <legend>${labelOf(nameOf(path))}, number ${index + 1}</legend>
            <${Fields} context=${context} schema=${items} path=${[...path, index]} value=${entry} />
            <button type="button" class="small" onClick=${() => context.change([...path, index], undefined)}>Remove number ${index + 1} of ${name}</button>
          </fieldset>`,
      )}
      ${entries.length < maxItems && html`<button type="button" class="small" onClick=${() => context.change([...path, entries.length], {})}>Add to ${name}</button>`}
    </fieldset>`;
}

/** Shows a value with its label, its help from the contract, and its violations. */
function Single(props: FieldProps) {
  const { context, schema, path, isRequired } = props;
  const id = idOf(path);
  const violations = context.violationsIn(pointerOf(path));
  const isAsked = isRequired || (props.value === undefined && context.isRefusedFor(pointerOf(path)));
  return html`
    <div class=${`field ${violations.length > 0 ? 'invalid' : ''}`}>
      <label for=${id}>${labelOf(nameOf(path))}${isAsked && html` <span class="required">required</span>`}</label>
      <${Input} ...${props} id=${id} isInvalid=${violations.length > 0} />
      <${Violations} id=${id} of=${violations} />
      <${EmptyList} ...${props} />
      <p class="help" id=${`${id}-help`}>${schema.description}</p>
    </div>`;
}

/** Shows the checkbox for an empty list, which differs from no list. */
function EmptyList({ context, schema, path, value }: Omit<FieldProps, 'isRequired'>) {
  if (schema.type !== 'array' || schema.minItems !== 0) return null;
  const choose = ({ target }: Event) => context.change(path, (target as HTMLInputElement).checked ? [] : undefined);
  return html`
    <label class="empty-list">
      <input type="checkbox" checked=${Array.isArray(value) && value.length === 0} onChange=${choose} />
      Set ${labelOf(nameOf(path)).toLowerCase()} to an empty list
    </label>`;
}

function Input(props: FieldProps & { readonly id: string; readonly isInvalid: boolean }) {
  const { context, schema, path, value, isRequired, id, isInvalid } = props;
  const options = optionsOf(props);
  const shared = {
    id,
    name: pointerOf(path),
    required: isRequired,
    'aria-invalid': isInvalid,
    'aria-describedby': `${isInvalid ? `${id}-violations ` : ''}${id}-help`,
    autocomplete: 'off',
  };
  if (options) {
    const select = ({ target }: Event) => context.change(path, parse(schema, (target as HTMLSelectElement).value));
    return html`<select ...${shared} value=${value === undefined ? '' : `${value}`} onChange=${select}>
      <option value="">${isRequired ? 'choose' : 'not set'}</option>
      ${options.map(([text, label]) => html`<option key=${text} value=${text}>${label}</option>`)}
    </select>`;
  }
  const suggestions = suggestionsOf(props);
  const type = (event: Event) => context.change(path, parse(schema, (event.target as HTMLInputElement).value));
  return html`
    <input ...${shared} type=${schema.writeOnly ? 'password' : 'text'} value=${textOf(value)} onInput=${type}
      list=${suggestions.length > 0 ? `${id}-list` : undefined} placeholder=${exampleOf(schema)}
      inputmode=${schema.type === 'integer' ? 'numeric' : undefined} spellcheck="false" autocapitalize="none" />
    ${suggestions.length > 0 && html`<datalist id=${`${id}-list`}>${suggestions.map((text) => html`<option key=${text} value=${text} />`)}</datalist>`}`;
}

/** Returns the only values that can be chosen, with their labels. */
function optionsOf({ schema, path, context, value }: FieldProps): [value: string, label: string][] | undefined {
  if (schema.type === 'boolean')
    return [
      ['true', 'yes'],
      ['false', 'no'],
    ];
  const chosen = schema.format === 'aws-region' ? context.choices[`${path.at(-1)}`] : undefined;
  const texts = (schema.enum as readonly string[] | undefined) ?? chosen;
  if (!texts) return undefined;
  const whole = typeof value === 'string' && value && !texts.includes(value) ? [...texts, value] : texts;
  return whole.map((text) => [text, text]);
}

const suggestionsOf = ({ schema, path, context }: FieldProps): readonly string[] =>
  context.choices[`${path.at(-1)}`] ?? (schema.format === 'aws-region' ? knownRegions : []);

/** Parses a text by the schema. An invalid text is kept: the violation of the API has the remedy. */
function parse({ type }: Schema, text: string): unknown {
  if (text === '') return undefined;
  if (type === 'boolean') return text === 'true';
  if (type === 'array') return parseList(text);
  return type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Returns the entries of a text. It may end in the comma before the next entry, but a comma alone is no list. */
function parseList(text: string): string[] | undefined {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.some(Boolean) ? entries : undefined;
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : `${value ?? ''}`);

function exampleOf({ examples: [example] = [], items }: Schema): string {
  const text = example ?? items?.examples?.[0];
  return text === undefined ? '' : `such as ${textOf(text)}`;
}

function Violations({ id, of: violations }: { readonly id: string; readonly of: readonly string[] }) {
  if (violations.length === 0) return null;
  return html`<ul class="violations" id=${`${id}-violations`}>${violations.map((text) => html`<li key=${text}><${Text} of=${text} /></li>`)}</ul>`;
}

/** Returns the name of the member that a place is in. */
const nameOf = (path: Path): string => `${path.findLast((part) => typeof part === 'string')}`;

const idOf = (path: Path): string => `field-${path.join('-')}`;

/** Returns the name of a member as separate words, such as `Cache node type` for `CacheNodeType`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z]{2})/g, '$1 $2');
  return words.replace(/ ([A-Z])(?=[a-z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`);
}
