import { createBasePipeline } from '../http/pipeline.ts';
import { Problem } from '../problems/problem.ts';
import { routes } from '../schemas/routes.ts';

/** Takes what no other route does (`$default`): 405 where the path is one of ours, else 404. */
export const handler = createBasePipeline().handler(async ({ rawPath, requestContext }) => {
  const methods = Object.values(routes)
    .filter(({ path }) => pattern(path).test(rawPath))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  if (methods.length === 0) throw new Problem('RouteNotFound', 'No route has this path.');

  const allow = [...new Set(methods)].join(', ');
  throw new Problem('MethodNotAllowed', `${requestContext.http.method} is not allowed here; allowed: ${allow}.`, {
    headers: { allow },
  });
});

const pattern = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
