/**
 * Constants that the build defines from POLICY_FILE, so that a bundle has no code for rules that are not set. They are
 * undefined in a program that runs from its sources. Such a program reads the policy at start.
 */
declare global {
  /** False if the policy sets no OwnerTag. */
  var POLICY_HAS_OWNERS: boolean | undefined;
  /** False if the policy sets nothing but owners. */
  var POLICY_HAS_RULES: boolean | undefined;
}

export {};
