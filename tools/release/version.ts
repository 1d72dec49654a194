const pattern = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

type Version = readonly [major: number, minor: number, patch: number];

/** Returns the next version: a larger one that is given, or the next of a size. Throws for any other input. */
export function nextVersion(current: string, size: string): string {
  const [major, minor, patch] = parse(current);
  if (size === 'major') return `${major + 1}.0.0`;
  if (size === 'minor') return `${major}.${minor + 1}.0`;
  if (size === 'patch') return `${major}.${minor}.${patch + 1}`;
  if (pattern.test(size) && isAfter(parse(size), [major, minor, patch])) return size;
  throw new Error(`Give major, minor, patch or a version after ${current}, not ${size}.`);
}

/** Returns whether a version step is large enough: major for a breaking change (minor before 1.0.0), minor for an addition. */
export function isLargeEnough(
  current: string,
  next: string,
  { isBreaking, hasAdditions }: { readonly isBreaking: boolean; readonly hasAdditions: boolean },
): boolean {
  const [before, after] = [parse(current), parse(next)];
  if (after[0] > before[0]) return true;
  const isMinor = after[1] > before[1];
  return isBreaking ? isMinor && before[0] === 0 : isMinor || !hasAdditions;
}

function parse(text: string): Version {
  const [, ...parts] = pattern.exec(text) ?? [];
  if (parts.length !== 3) throw new Error(`${text} is not a version of three numbers.`);
  return parts.map(Number) as unknown as Version;
}

const isAfter = (a: Version, b: Version): boolean => {
  const index = a.findIndex((part, position) => part !== b[position]);
  return index >= 0 && (a[index] ?? 0) > (b[index] ?? 0);
};
