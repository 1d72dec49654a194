// Included by serverless.yml. osls loads CommonJS modules only.

/**
 * A plugin of osls: shows the changes of a deployment and prompts before CloudFormation makes them. With `protected`,
 * CloudFormation adopts a table and log groups that exist, and the table gets deletion protection.
 */
module.exports = class ReviewChanges {
  constructor(serverless) {
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => review(serverless),
      'after:deploy:deploy': () => protectTable(serverless),
    };
  }
};

const isProtected = ({ service }) => service.provider.deletionProtection === true;

/** Replaces two methods of osls, which has no hook between a change set and its execution. */
function review(serverless) {
  const deploy = serverless.pluginManager.plugins.find((plugin) => plugin.constructor.name === 'AwsDeploy');
  const { getCreateChangeSetParams, waitForChangeSetCreation } = deploy;
  deploy.getCreateChangeSetParams = (options) => ({
    ...getCreateChangeSetParams.call(deploy, options),
    ImportExistingResources: isProtected(serverless),
  });
  deploy.waitForChangeSetCreation = async (ChangeSetName, StackName) => {
    const changeSet = await waitForChangeSetCreation.call(deploy, ChangeSetName, StackName);
    if (changeSet.Status === 'CREATE_COMPLETE') await confirm(serverless, { ChangeSetName, StackName });
    return changeSet;
  };
}

async function confirm(serverless, changeSet) {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { confirmChanges } = await import('../tools/deploy/changeSet.ts');
  const client = new CloudFormationClient(await serverless.getProvider('aws').getAwsSdkV3Config());
  await confirmChanges(client, changeSet).catch(({ message }) => {
    throw new serverless.classes.Error(message, 'CHANGES_REFUSED'); // osls prints other errors with their stack
  });
}

/**
 * Protects the replica of the table in the stack's region. In the template, it would block the rollback of a failed first
 * deploy.
 */
async function protectTable(serverless) {
  if (!isProtected(serverless)) return;
  const { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(await serverless.getProvider('aws').getAwsSdkV3Config());
  const TableName = serverless.service.custom.table;
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (Table.DeletionProtectionEnabled) return;
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
}
