/** Returns the `Link` header to the next page (RFC 8288). Empty for the last page. */
export function nextPageLink(
  path: string,
  query: object,
  Marker: string | undefined,
): Readonly<Record<string, string>> {
  if (!Marker) return {};
  const values = Object.entries({ ...query, Marker }).map(([name, value]): [string, string] => [name, String(value)]);
  return { link: `<${path}?${new URLSearchParams(values)}>; rel="next"` };
}
