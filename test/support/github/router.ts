import { loadDescription } from './openapi.ts';
import type { Rate } from './rate.ts';
import { failure, notFound, type Reply, unprocessable } from './reply.ts';
import type { Route } from './route.ts';
import { artifactRoutes, storedArtifact } from './routes/artifacts.ts';
import { checkRunRoutes } from './routes/check-runs.ts';
import { commentRoutes } from './routes/comments.ts';
import { contentsRoutes } from './routes/contents.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { pullRoutes } from './routes/pulls.ts';
import { rateLimitRoutes } from './routes/rate-limit.ts';
import { repositoryRoutes } from './routes/repository.ts';
import { statusRoutes } from './routes/statuses.ts';
import { teamRoutes } from './routes/teams.ts';
import type { State } from './state.ts';
import { callerOf, refusal, type TokenGrant } from './tokens.ts';

export const ROUTES: readonly Route[] = [
  ...rateLimitRoutes,
  ...repositoryRoutes,
  ...checkRunRoutes,
  ...statusRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...contentsRoutes,
  ...deploymentRoutes,
  ...artifactRoutes,
  ...teamRoutes,
];

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly accept: string;
  /** Undefined without one. */
  readonly text: string | undefined;
  /** The server's address. */
  readonly url: string;
  readonly rate: Rate;
}

/** Answers a request as GitHub would: is there such a route, who asks, may they, is it well formed; then it is done. */
export function createRouter(state: State, tokens: Readonly<Record<string, TokenGrant>>): (request: Request) => Reply {
  const description = loadDescription();
  const routes = ROUTES.map((route) => ({ ...route, ...pattern(route.operation) }));

  function answer(route: (typeof routes)[number], { path, query, accept, url, rate, ...request }: Request): Reply {
    const params = paramsOf(route.path, path);
    const caller = callerOf(request.authorization, tokens);
    if (caller !== undefined && 'status' in caller) return caller;
    if (!isHere(state, params)) return notFound();
    if (route.appOnly && caller?.isApp === false) return failure(403, 'You must authenticate via a GitHub App.');
    const refused = refusal(caller, route.needs, state.private && !route.isOpen);
    if (refused !== undefined) return refused;

    const body = parsed(request.text);
    if (body instanceof Error) return { ...failure(400, 'Problems parsing JSON'), violation: `not JSON: ${body.message}` };
    const { errors, unknown } = description.check(route.operation, params, query, body);
    if (errors.length > 0) return unprocessable(...errors);
    const reply = route.answer({ state, caller, params, query, accept, body, url, path, rate });
    if (unknown.length === 0 || reply.violation !== undefined) return reply;
    return { ...reply, violation: `not in GitHub's description: ${unknown.join(', ')}` };
  }

  return (request) => {
    const { method, path } = request;
    const stored = method === 'GET' ? storedArtifact(state, path) : undefined;
    if (stored !== undefined) return stored;
    const route = routes.find((known) => known.method === method && known.path.test(path));
    if (route === undefined) return { ...notFound(), violation: `no such route: ${method} ${path}` };
    const reply = answer(route, request);
    return reply.violation === undefined ? reply : { ...reply, violation: `${method} ${path}: ${reply.violation}` };
  };
}

/** These may have slashes in them, whether or not the client encoded them; without a path the root is meant. */
const WIDE: Readonly<Record<string, string>> = { path: '(?:/(?<path>.*))?', ref: '/(?<ref>.+)', branch: '/(?<branch>.+)' };

function pattern(operation: string): { method: string; path: RegExp; isOpen: boolean } {
  const [method = '', path = ''] = operation.split(' ');
  const source = path.replace(/\/\{(\w+)\}/g, (_, name: string) => WIDE[name] ?? `/(?<${name}>[^/]+)`);
  return { method: method.toUpperCase(), path: new RegExp(`^${source}$`), isOpen: !path.includes('{') };
}

function paramsOf(pattern: RegExp, path: string): Record<string, string> {
  const groups = pattern.exec(path)?.groups ?? {};
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decoded(value ?? '')]));
}

/** Text as it is where it was encoded wrongly. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** GitHub does not mind the case of names. */
function isHere({ owner, repo }: State, params: Readonly<Record<string, string>>): boolean {
  const same = (asked: string | undefined, known: string) => asked === undefined || asked.toLowerCase() === known.toLowerCase();
  return same(params.owner, owner) && same(params.repo, repo) && same(params.org, owner);
}

function parsed(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
