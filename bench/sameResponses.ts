import { start } from './function.ts';
import { requests } from './requests.ts';
import type { Variant } from './variants.ts';

/** The expected statuses by request. For a malformed body a framework may return 400 or 422. */
const expected = { good: /^202$/, violation: /^4(00|22)$/, fault: /^409$/, broken: /^4(00|22)$/ };

/**
 * Throws if a variant does not return the expected status of each request, or not the same datastore as the others. Ignores the
 * empty handler.
 */
export async function assertSameResponses(
  variants: readonly Variant[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const datastores = new Map<string, string>();
  for (const variant of variants.filter(({ kind }) => kind !== 'floor')) {
    const { root, bundle, name, kind } = variant;
    const started = await start({ root, name: bundle, environment });
    for (const [request, event] of Object.entries(requests)) {
      if (kind === 'bare' && request !== 'good') continue; // it neither validates nor handles malformed bodies
      const { statusCode, body = '' } = (await started.invoke(event)).response;
      const isExpected = expected[request as keyof typeof requests].test(`${statusCode}`);
      if (!isExpected) throw new Error(`${name} (${kind}) responds to ${request} with ${statusCode}: ${body}`);
      if (request === 'good') datastores.set(name, datastoreIn(body));
    }
    await started.end();
  }
  const [first, ...others] = datastores;
  for (const [name, datastore] of others)
    if (datastore !== first?.[1])
      throw new Error(`${name} returns another datastore than ${first?.[0]}: ${datastore} ≠ ${first?.[1]}`);
}

/** Returns the text members of the datastore. Every XML parser must return these alike. */
function datastoreIn(body: string): string {
  const { GlobalReplicationGroup } = JSON.parse(body) as { GlobalReplicationGroup: Record<string, unknown> };
  const textMembers = Object.entries(GlobalReplicationGroup).filter(([, value]) => typeof value === 'string');
  return JSON.stringify(textMembers.sort());
}
