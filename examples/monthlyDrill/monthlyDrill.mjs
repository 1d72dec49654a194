// @ts-check
// The Lambda function behind the schedule in template.yml. It needs the client: npm pack --workspace client
// in this repository, then npm install its file.

/**
 * Starts the drill of an event, which the schedule makes, and returns the id of its operation. All attempts of one month are one drill,
 * because they have the same key.
 * @param {import('@global-datastore/client').GlobalDatastores} gds
 * @param {import('@global-datastore/client').StartDrillInput & { Key: string }} event
 */
export async function startDrill(gds, { Key, ...drill }) {
  const { OperationId } = await gds.startDrill(drill, { idempotencyKey: Key });
  return { OperationId };
}

/** @param {import('@global-datastore/client').StartDrillInput & { Key: string }} event */
export async function handler(event) {
  const { API_URL: url = '', API_REGION: region = '' } = process.env;
  return startDrill(await clientFor(url, region), event);
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
