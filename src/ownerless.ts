import type * as owner from './policy/ownership.ts';

/** What the build puts in the place of `owner.ts` when the policy names no OwnerTag: everything is everybody's. */
export const { asOwned, onlyOwned, onlyOwnedGroups, onlyOwnedOperations }: typeof owner = {
  asOwned: async (request) => request,
  onlyOwned: async (_signal, _event, all) => all,
  onlyOwnedGroups: async (_signal, _event, all) => all,
  onlyOwnedOperations: async (_signal, _event, all) => all,
};
