import { createBasePipeline } from '../http/pipeline.ts';
import { Problem } from '../problems/problem.ts';
import { routes } from '../schemas/routes.ts';

/** Handles requests of no other route (`$default`). Responds 405 if the path has other methods, else 404. */
export const handler = createBasePipeline().handler(async ({ rawPath, requestContext }) => {
  const methods = Object.values(routes)
    .filter(({ path }) => pattern(path).test(rawPath))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  if (methods.length === 0)
    throw new Problem('RouteNotFound', 'The path does not exist in this API.', {
      remedies: [{ method: 'GET', href: '/openapi.json' }],
    });

  const allow = [...new Set(methods)].join(', ');
  throw new Problem('MethodNotAllowed', `${requestContext.http.method} is not allowed for this path. Use ${allow}.`, {
    headers: { allow },
  });
});

const pattern = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
