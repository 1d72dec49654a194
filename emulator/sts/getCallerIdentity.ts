import type { Store } from '../state/store.ts';

/** The only action of AWS STS here. */
export const identityAction = 'GetCallerIdentity';

/** Returns whether the parameters of a request name the action. */
export const isIdentityRequest = (parameters: string): boolean => /(^|&)Action=GetCallerIdentity(&|$)/.test(parameters);

/** Returns the response for a user of the account. unverified: the user and its id are invented. */
export function writeIdentity({ partition, account }: Store, requestId: string): string {
  const arn = `arn:${partition}:iam::${account}:user/emulator`;
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AIDAEMULATOR</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
}
