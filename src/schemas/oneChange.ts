/**
 * Returns the rules of a body of which AWS accepts one change a call. `together` has the members that one call can contain
 * together. Each conflict is reported once. Typed loosely: a type cannot express these rules.
 */
export const oneChange = (together: readonly (readonly string[])[]): object => {
  const names = together.flat();
  const refusal = (other: string, change: string) => ({
    not: {},
    description: `${other} cannot be changed in the same call as ${change}: AWS takes one change a call. Send two, one after the other.`,
  });
  const without = (change: string, set: readonly string[]) => {
    const others = names.slice(names.indexOf(change) + 1).filter((other) => !set.includes(other));
    return { type: 'object', properties: Object.fromEntries(others.map((other) => [other, refusal(other, change)])) };
  };
  return {
    anyOf: names.map((change) => ({ required: [change] })),
    dependentSchemas: Object.fromEntries(
      together.flatMap((set) => set.map((change) => [change, without(change, set)])),
    ),
  };
};
