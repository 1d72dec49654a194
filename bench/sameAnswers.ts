import { start } from './function.ts';
import { requests } from './requests.ts';
import type { Variant } from './variants.ts';

/** Statuses by request. A broken body may be answered by any 4xx that the framework has for it. */
const expected = { good: /^202$/, violation: /^4(00|22)$/, fault: /^409$/, broken: /^4(00|22)$/ };

/**
 * Throws unless each variant does the same job: the statuses of four requests, and the datastore that a good one shows. Only
 * the empty handler is let off.
 */
export async function refuseOtherAnswers(
  variants: readonly Variant[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const shown = new Map<string, string>();
  for (const variant of variants.filter(({ kind }) => kind !== 'floor')) {
    const { root, bundle, name, kind } = variant;
    const started = await start({ root, name: bundle, environment });
    for (const [request, event] of Object.entries(requests)) {
      if (kind === 'bare' && request !== 'good') continue; // it neither validates nor parses with care
      const { statusCode, body = '' } = (await started.invoke(event)).answer;
      const fits = expected[request as keyof typeof requests].test(`${statusCode}`);
      if (!fits) throw new Error(`${name} (${kind}) answers ${request} with ${statusCode}: ${body}`);
      if (request === 'good') shown.set(name, datastoreIn(body));
    }
    await started.end();
  }
  const [first, ...others] = shown;
  for (const [name, datastore] of others)
    if (datastore !== first?.[1])
      throw new Error(`${name} shows another datastore than ${first?.[0]}: ${datastore} ≠ ${first?.[1]}`);
}

/** The members that any reader of XML must give alike: which are texts. */
function datastoreIn(body: string): string {
  const { GlobalReplicationGroup } = JSON.parse(body) as { GlobalReplicationGroup: Record<string, unknown> };
  const texts = Object.entries(GlobalReplicationGroup).filter(([, value]) => typeof value === 'string');
  return JSON.stringify(texts.sort());
}
