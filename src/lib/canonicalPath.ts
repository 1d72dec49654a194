/**
 * Returns the path of a request in one form: the template with its parameters in lower case and percent-encoded. ElastiCache
 * stores ids in lower case and takes them in any case, so that equal paths name the same resource.
 */
export const canonicalPath = (template: string, parameters: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent((parameters[name] ?? '').toLowerCase()));
