// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');

/** Keeps the log groups of a protected stack when it is removed. */
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  if (String(await resolveVariable('param:protected')) !== 'true') return {};
  const functions = await functionsOf(resolveConfigurationProperty);
  const ids = functions.map(([name]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}LogGroup`); // the ids that osls generates
  const policy = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  return { extensions: Object.fromEntries(['HttpApiLogGroup', ...ids].map((id) => [id, policy])) };
};
