// @ts-check
// The Lambda function of the custom action in plan.yml. It needs the client: npm pack --workspace client
// in this repository, then npm install its file.

/**
 * Makes the member in a region the primary and waits until it is. It may be called again at any time: it then continues. An error
 * means that Region switch calls it again after RetryIntervalMinutes.
 * @param {import('@global-datastore/client').GlobalDatastores} gds
 * @param {string} GlobalReplicationGroupId
 * @param {string} region
 */
export async function activateRegion(gds, GlobalReplicationGroupId, region) {
  const { GlobalReplicationGroup } = await gds.getGlobalDatastore({ GlobalReplicationGroupId });
  if (primaryRegionOf(GlobalReplicationGroup) !== region)
    await gds.failoverGlobalDatastore({
      GlobalReplicationGroupId,
      PrimaryRegion: region,
      Reason: `Region switch activates ${region}`,
    });
  const datastore = await gds.waitUntilStable(GlobalReplicationGroupId, { seconds: 240 });
  const primaryRegion = primaryRegionOf(datastore);
  if (primaryRegion !== region) throw new Error(`The primary of ${GlobalReplicationGroupId} is in ${primaryRegion}.`);
  return { GlobalReplicationGroupId, PrimaryRegion: region };
}

/** @param {import('@global-datastore/client').GlobalReplicationGroup | undefined} datastore */
const primaryRegionOf = (datastore) =>
  datastore?.Members?.find(({ Role }) => Role === 'PRIMARY')?.ReplicationGroupRegion;

/** The function runs in the region that the plan activates. unverified: what the event of Region switch has, so it is not read. */
export async function handler() {
  const { API_URL: url = '', AWS_REGION: region = '', GLOBAL_REPLICATION_GROUP_ID: id = '' } = process.env;
  return activateRegion(await clientFor(url, region), id, region);
}

/**
 * Returns a client that signs its requests as the role of the function.
 * @param {string} url
 * @param {string} region
 */
async function clientFor(url, region) {
  const { globalDatastores } = await import('@global-datastore/client');
  const { sigv4 } = await import('@global-datastore/client/sigv4');
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
  return globalDatastores({ url, authorize: sigv4({ region, credentials }) });
}
