// Included by serverless.yml. osls loads CommonJS modules only.

/**
 * Returns the limits of the API's stage. The routes without authorization have their own, so that they cannot use up the requests of
 * others. unverified: whether routes without a limit of their own share the default one.
 */
module.exports = async ({ resolveVariable }) => {
  const isOn = String(await resolveVariable('param:console')) === 'true';
  const pages = isOn ? ['/', '/docs', '/console/{File}'].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]) : [];
  return { DependsOn: [...probes, ...pages].map(routeIdOf), Properties: await limitsOf(resolveVariable, pages) };
};

const probes = ['GET /health', 'HEAD /health', 'GET /ready', 'HEAD /ready'];

/** Returns the properties of a stage with these routes beside those that every stage has. */
const limitsOf = async (resolveVariable, pages = []) => ({
  DefaultRouteSettings: limit(await resolveVariable('param:rate'), await resolveVariable('param:burst')),
  // no detailed metrics: each route would cost six custom metrics, and its function has the same free of charge
  RouteSettings: Object.fromEntries([
    ...probes.map((route) => [route, limit(10, 20)]),
    ...pages.map((route) => [route, limit(20, 40)]), // a page is five requests
  ]),
});

const limit = (ThrottlingRateLimit, ThrottlingBurstLimit) => ({ ThrottlingRateLimit, ThrottlingBurstLimit });

/** Returns the id that osls generates for a route. */
function routeIdOf(route) {
  const [method, path] = route.split(' /');
  const words = [method.toLowerCase(), ...path.split('/')].filter(Boolean);
  return `HttpApiRoute${words.map(toWord).join('')}`;
}

const toWord = (part) => {
  const name = part.replace(/[{}]/g, '');
  return name.charAt(0).toUpperCase() + name.slice(1) + (part.startsWith('{') ? 'Var' : '');
};

module.exports.limitsOf = limitsOf;
