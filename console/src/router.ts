import { computed, signal } from '@preact/signals';

/** The route in the part of the address after `#`. */
export interface Route {
  readonly view: 'list' | 'datastore' | 'evacuation';
  /** The id of the datastore or of the evacuation. */
  readonly id?: string;
  /** The operation of the API whose form is open. */
  readonly form?: string;
  /** The values that the form opens with. */
  readonly values: Readonly<Record<string, unknown>>;
}

const hash = signal(location.hash);
addEventListener('hashchange', () => (hash.value = location.hash));

export const route = computed(() => parseHash(hash.value));

/** Returns the link to the list, or to a form over it. */
export const listHref = (form?: string, values?: object): string => withForm('#/', form, values);

/** Returns the link to a datastore, or to a form over it. */
export const datastoreHref = (id: string, form?: string, values?: object): string =>
  withForm(`#/datastores/${encodeURIComponent(id)}/`, form, values);

/** Returns the link to the form of an evacuation, or to an existing evacuation. */
export const evacuationHref = (id = '', values?: object): string =>
  withForm(`#/evacuations/${encodeURIComponent(id)}`, '', values);

/** Returns the link to the view behind the open form. */
export function hrefBehindForm({ view, id = '' }: Route): string {
  if (view === 'datastore') return datastoreHref(id);
  return view === 'evacuation' ? evacuationHref(id) : listHref();
}

const withForm = (path: string, form = '', values: object = {}): string =>
  `${path}${form}${Object.keys(values).length > 0 ? `?${encodeURIComponent(JSON.stringify(values))}` : ''}`;

function parseHash(text: string): Route {
  const [path = '', query = ''] = text.replace(/^#\/?/, '').split('?');
  const [place, second = '', third] = path.split('/').map(decode);
  const values = parseValues(decode(query));
  if (place === 'datastores' && second) return { view: 'datastore', id: second, values, ...(third && { form: third }) };
  if (place === 'evacuations') return { view: 'evacuation', values, ...(second && { id: second }) };
  return { view: 'list', values, ...(place && { form: place }) };
}

function parseValues(text: string): Route['values'] {
  try {
    const values: unknown = JSON.parse(text);
    return typeof values === 'object' && values !== null && !Array.isArray(values) ? { ...values } : {};
  } catch {
    return {};
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
