// Included by serverless.yml. osls loads CommonJS modules only.

/** Adds the path and the permissions boundary of the parameters to every role. */
module.exports = async ({ resolveVariable }) => {
  const { Resources } = await resolveVariable('file(infrastructure/roles.yml)');
  const boundary = await resolveVariable('param:permissionsBoundary');
  const Properties = {
    Path: await resolveVariable('param:rolePath'),
    ...(boundary && { PermissionsBoundary: boundary }),
  };
  return { extensions: Object.fromEntries(Object.keys(Resources).map((id) => [id, { Properties }])) };
};
