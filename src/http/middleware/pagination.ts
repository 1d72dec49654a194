import { config } from '../../config.ts';
import { canonicalJson } from '../../lib/canonicalJson.ts';
import { canonicalPath } from '../../lib/canonicalPath.ts';
import { Problem } from '../../problems/problem.ts';
import type { AnyRequest, AnyResponse } from '../../schemas/apiRequest.ts';
import type { Route } from '../../schemas/route.ts';
import { openMarker, sealMarker } from '../marker.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/**
 * Opens the Marker of a request for a list, and seals the Marker in its response and in `Link` (RFC 8288). Responds 400 to any
 * other text and to a Marker of another list, of other parameters or of other regions.
 */
export const pagination = ({ path: template }: Route) => ({
  before: function openRequestMarker({ context }: PipelineRequest): void {
    const { apiRequest } = context;
    const { Marker } = apiRequest.query;
    if (Marker === undefined) return;
    const opened = openMarker(String(Marker), scopeOf(template, apiRequest));
    if (opened === undefined) throw invalidMarker();
    context.apiRequest = { ...apiRequest, query: { ...apiRequest.query, Marker: opened } };
  },

  after: function sealResponseMarker(request: PipelineRequest): void {
    const { apiRequest } = request.context;
    const response = request.response as AnyResponse;
    const { Marker: text } = response.body as { readonly Marker?: string };
    if (!text) return;
    const Marker = sealMarker(text, scopeOf(template, apiRequest));
    const link = nextPageLink(canonicalPath(template, apiRequest.path), { ...apiRequest.query, Marker });
    request.response = {
      ...response,
      headers: { ...response.headers, link },
      body: { ...(response.body as object), Marker },
    };
  },
});

/** Returns what a Marker is valid for: the list, its parameters and the regions of this API. Pages may differ in size. */
function scopeOf(template: string, { path, query }: AnyRequest): string {
  const { Marker: _, MaxRecords: __, ...filters } = query;
  return canonicalJson([canonicalPath(template, path), filters, config.regions]);
}

function invalidMarker(): Problem {
  const detail =
    'Marker must be the Marker of the previous page. The other parameters except MaxRecords must be the same as for that page.';
  return new Problem('ValidationFailed', detail, { errors: [{ in: 'query', parameter: 'Marker', detail }] });
}

function nextPageLink(path: string, query: object): string {
  const values = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return `<${path}?${new URLSearchParams(values)}>; rel="next"`;
}
