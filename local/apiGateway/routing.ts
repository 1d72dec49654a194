/** The part of a contract that API Gateway uses. */
export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  /** True if the route has no authorizer. */
  readonly unauthenticated?: true;
}

/** The route of a request, with the values of its path variables. */
export interface RouteMatch {
  /** The name of the function. */
  readonly name: string;
  /** The key of the route, such as `GET /operations/{OperationId}` or `$default`. */
  readonly key: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the route has no authorizer. */
  readonly isOpen: boolean;
}

/** The function of `$default`, the route of every request that matches no other route. */
export const defaultFunction = 'notFound';

/**
 * Returns the path of a request target, or undefined if API Gateway rejects it with 400. An HTTP API decodes the path, removes
 * what follows a decoded `?`, and decodes again: `%252F` arrives as `/`, and a decoded `%` that is no encoding is rejected.
 * Source: captures on AWS in hotsock/voker, vokerhttp/testdata/ingress-paths.json, 2026-07; aws/aws-lambda-dotnet#1901.
 * unverified: an encoding that is broken as sent is rejected, too.
 */
export function decodePath(target: string): string | undefined {
  if (!target.startsWith('/')) return undefined;
  const [sent = ''] = target.split('?', 1);
  const [once] = decode(sent)?.split('?', 1) ?? [];
  return once === undefined ? undefined : decode(once);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns the route of a method and a decoded path. A GET contract has a route for HEAD, as in serverless.yml, because API Gateway
 * does not route HEAD to GET. A route without path variables comes first, then the others, then `$default` (source: "Create
 * routes for HTTP APIs"). unverified: the decoded path selects the route.
 */
export function findRoute(routes: Readonly<Record<string, GatewayRoute>>, method: string, path: string): RouteMatch {
  const served = method === 'HEAD' ? 'GET' : method;
  const matches = Object.entries(routes)
    .filter(([, route]) => route.method === served && pattern(route.path).test(path))
    .sort(([, a], [, b]) => countVariables(a) - countVariables(b));
  const [name, route] = matches[0] ?? [];
  if (!name || !route)
    return { name: defaultFunction, key: '$default', path: '$default', parameters: {}, isOpen: false };
  const parameters = { ...pattern(route.path).exec(path)?.groups };
  return { name, key: `${method} ${route.path}`, path: route.path, parameters, isOpen: route.unauthenticated === true };
}

const countVariables = ({ path }: GatewayRoute): number => path.split('{').length;

const patterns = new Map<string, RegExp>();

/** Returns the expression for a path with variables. A variable is one segment, which is not empty. */
function pattern(path: string): RegExp {
  const known = patterns.get(path) ?? new RegExp(`^${toExpression(path)}$`, 's');
  patterns.set(path, known);
  return known;
}

const toExpression = (path: string): string => path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
