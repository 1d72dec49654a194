/** The place of a value in the input of a form. */
export type Path = readonly (string | number)[];

export type Values = Readonly<Record<string, unknown>>;

/** Returns the JSON pointer of a place, as in a problem. */
export const pointerOf = (path: Path): string => `#/${path.join('/')}`;

/**
 * Returns the values with another value at a place. `undefined` removes a member or a list entry, and with the last entry the
 * list.
 */
export function withValue<T>(values: T, [name, ...rest]: Path, value: unknown): T {
  if (name === undefined) return value as T;
  if (Array.isArray(values) || (values === undefined && typeof name === 'number')) {
    const list = [...((values as unknown[] | undefined) ?? [])];
    const changed = withValue(list[name as number], rest, value);
    if (changed === undefined) list.splice(name as number, 1);
    else list[name as number] = changed;
    return (list.length > 0 ? list : undefined) as T;
  }
  const { [name]: before, ...others } = (values ?? {}) as Record<string, unknown>;
  const changed = withValue(before, rest, value);
  return { ...others, ...(changed !== undefined && { [name]: changed }) } as T;
}

/** Returns the values without empty texts and objects: the API distinguishes them from missing members. An empty list stays. */
export function withoutEmpty(values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, cleaned(value)])
      .filter(([, value]) => value !== undefined),
  );
}

function cleaned(value: unknown): unknown {
  if (value === '') return undefined;
  if (Array.isArray(value)) return value.filter((entry) => entry !== '').map((entry) => cleaned(entry) ?? {});
  if (typeof value !== 'object' || value === null) return value;
  const members = withoutEmpty(value as Values);
  return Object.keys(members).length > 0 ? members : undefined;
}
