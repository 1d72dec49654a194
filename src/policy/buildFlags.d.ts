/**
 * Constants that the build defines from POLICY_FILE, so that a bundle holds no code for rules that are not set. They are
 * undefined in a program that is run from its sources, which reads the policy at start.
 */
declare global {
  /** False when the policy sets no OwnerTag. */
  var POLICY_HAS_OWNERS: boolean | undefined;
  /** False when the policy sets nothing but owners. */
  var POLICY_HAS_RULES: boolean | undefined;
}

export {};
