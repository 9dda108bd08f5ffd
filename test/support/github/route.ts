import type * as z from 'zod';
import type { Rate } from './rate.ts';
import { ok, type Reply } from './reply.ts';
import type { State } from './state.ts';
import type { Caller, Need } from './tokens.ts';

/** A request that GitHub's description allows, from someone who may send it. */
export interface Call {
  readonly state: State;
  /** Undefined only for reading what is public. */
  readonly caller: Caller | undefined;
  /** Decoded path parameters, by their names in the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly body: unknown;
  /** The server's address, without a slash at the end. */
  readonly url: string;
  /** The path as it was sent. */
  readonly path: string;
  readonly rate: Rate;
}

export interface Route {
  /** As in the slice of GitHub's description: `get /repos/{owner}/{repo}`. */
  readonly operation: string;
  /** Any one of these is enough. None: every token will do. */
  readonly needs: readonly Need[];
  /** Refused to people's tokens, whatever these may do. */
  readonly appOnly?: true;
  answer(call: Call): Reply;
}

/** The address of the repository in the API, as it stands in links. */
export function repositoryUrl({ url, state }: Call): string {
  return `${url}/repos/${state.owner}/${state.repo}`;
}

/** The address of a page that people see. */
export function pageUrl({ url, state }: Call, path: string): string {
  return `${url}/${state.owner}/${state.repo}/${path}`;
}

export function param({ params }: Call, name: string): string {
  return params[name] ?? '';
}

/** Reads a body that was found to be as GitHub describes it. */
export function readBody<Body>({ body }: Call, schema: z.ZodType<Body>): Body {
  return schema.parse(body ?? {});
}

/** One page of a list, 30 unless the request says, at most 100, with the `link` header to the others. */
export function page<Item>(call: Call, items: readonly Item[], wrap: (shown: Item[]) => unknown): Reply {
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30) || 30));
  const number = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.url}${call.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  return ok(wrap(items.slice((number - 1) * size, number * size)), links.length === 0 ? {} : { link: links.join(', ') });
}

export function user(login: string) {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}
