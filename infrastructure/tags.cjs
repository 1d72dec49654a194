// Included by serverless.yml. osls loads CommonJS modules only.

/** Returns the tags of the stack. */
module.exports = async ({ resolveVariable }) => JSON.parse(await resolveVariable('param:tags'));
