/**
 * Returns a text of AWS without the identity that made the call: the role of a function, its session and its account. AWS names
 * them when it denies access, also in the texts of other errors, for example when a KMS key refuses the role.
 */
export const redactPrincipals = (text: string): string =>
  text
    .replace(principalArns, replacement)
    .replace(encodedMessage, `$1${replacement}`)
    .replace(identifiers, replacement);

const replacement = '(hidden)';

/** An ARN of an IAM or STS identity with its path and session, without the punctuation of the sentence after it. */
const principalArns = /\barn:aws[\w-]*:(iam|sts):[^\s"'`;()<>[\]]*[^\s"'`;()<>[\].,:]/gi;

/** The encoded form of a denial. It contains the policies and the identity. */
const encodedMessage = /(encoded authorization failure message:\s*)[\w+/=-]+/gi;

/** The unique ids of IAM identities and access keys: a prefix of four letters and at least 16 characters (IAM user guide). */
const identifiers = /\b(AROA|ASIA|AKIA|AIDA|AIPA|ANPA|ANVA|AGPA|ABIA|ACCA|APKA|ASCA)[A-Z0-9]{12,}(:[\w+=,.@-]+)?/g;
