// Required by the other files of this folder.

/** Returns the functions of the stack with their names. A function that a parameter leaves out is null in serverless.yml. */
module.exports = async (resolveConfigurationProperty) =>
  Object.entries(await resolveConfigurationProperty(['functions'])).filter(([, definition]) => definition);
