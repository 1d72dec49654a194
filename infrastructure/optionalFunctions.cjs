// Included by serverless.yml. osls loads CommonJS modules only.

/** A plugin of osls: removes the functions that a parameter leaves out, which are null. osls has no condition for a function. */
module.exports = class OptionalFunctions {
  constructor({ configurationInput: { functions } }) {
    for (const [name, definition] of Object.entries(functions)) if (!definition) delete functions[name];
  }
};
