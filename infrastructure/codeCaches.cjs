// Included by serverless.yml. osls loads CommonJS modules only.

const functionsOf = require('./functionsOf.cjs');

/** Returns one metric filter for each function with a code cache. It counts the cold starts for which V8 did not accept the cache. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const functions = (await functionsOf(resolveConfigurationProperty)).filter(
    ([name]) => !['console', 'reconcile'].includes(name),
  );
  const filters = functions.map(([name]) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1); // the prefix of the logical ids that osls generates
    return [`${id}NoCodeCacheFilter`, filterOf({ Ref: `${id}LogGroup` })];
  });
  return { Resources: Object.fromEntries(filters) };
};

const filterOf = (LogGroupName) => ({
  Type: 'AWS::Logs::MetricFilter',
  Properties: {
    LogGroupName,
    FilterPattern: '{ $.message = "no code cache" }', // the line of build/codeCache/loader.ts
    MetricTransformations: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: osls replaces the variable
      { MetricNamespace: '${self:custom.table}', MetricName: 'NoCodeCache', MetricValue: '1', Unit: 'Count' },
    ],
  },
});
