// Included by serverless.yml. osls loads CommonJS modules only.

/**
 * A plugin of osls: removes each `DependsOn` that a reference already implies. osls adds one to every function and route, and
 * cfn-lint warns of each (W3005), which would hide a warning that matters.
 */
module.exports = class ImpliedDependencies {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        removeImplied(serverless.service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
};

function removeImplied(resources) {
  for (const resource of Object.values(resources).filter(({ DependsOn }) => DependsOn)) {
    const implied = referencesIn(resource.Properties);
    const others = [resource.DependsOn].flat().filter((id) => !implied.has(id));
    if (others.length > 0) resource.DependsOn = others;
    else delete resource.DependsOn;
  }
}

/** Returns the ids that `Ref` and `Fn::GetAtt` name. */
function referencesIn(properties) {
  const ids = new Set();
  JSON.stringify(properties, (name, value) => {
    if (name === 'Ref') ids.add(value);
    if (name === 'Fn::GetAtt') ids.add([value].flat()[0].split('.')[0]);
    return value;
  });
  return ids;
}
