/** The result of one rule for a request. A rule that cannot be evaluated results in `warn`, never `fail`. */
export interface Check {
  readonly Id: string;
  readonly Outcome: 'pass' | 'warn' | 'fail';
  readonly Detail: string;
  /** The place in the body, as a JSON pointer (RFC 6901). */
  readonly Pointer?: string;
}

/** The detail of a check by its outcome; `unknown` is for a rule that cannot be evaluated. */
interface Details {
  readonly pass: string;
  readonly fail: string;
  readonly unknown?: string;
}

/** Returns the check of a rule that holds (`true`), does not hold (`false`), or cannot be evaluated (`undefined`). */
export function checkRule(Id: string, holds: boolean | undefined, details: Details, Pointer?: string): Check {
  const place = Pointer === undefined ? {} : { Pointer };
  if (holds === undefined)
    return { Id, Outcome: 'warn', Detail: details.unknown ?? 'AWS did not return the data for this rule.', ...place };
  return { Id, Outcome: holds ? 'pass' : 'fail', Detail: holds ? details.pass : details.fail, ...place };
}

/** Returns a check that fails as a warning: AWS does not document its rule, or a quota that can be raised sets it. */
export const atMostWarning = (check: Check): Check =>
  check.Outcome === 'fail' ? { ...check, Outcome: 'warn' } : check;

/** Returns the checks that fail. */
export const failedChecks = (checks: readonly Check[]): Check[] => checks.filter(({ Outcome }) => Outcome === 'fail');

/** Returns the details of checks as one text. */
export const detailsOf = (checks: readonly Check[]): string => checks.map(({ Detail }) => Detail).join(' ');
