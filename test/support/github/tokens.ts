import { failure, notFound, type Reply } from './reply.ts';

type Access = 'read' | 'write' | 'none';

/** What a token may do, by the names of a workflow's `permissions:`. */
export interface TokenGrant {
  readonly permissions: Readonly<Record<string, Access>>;
  /** Slug of the app that the token belongs to; `github-actions` unless it is said. Of no meaning for a person's token. */
  readonly app?: string;
}

export interface Caller extends TokenGrant {
  readonly token: string;
  readonly app: string;
  /** App tokens begin with `ghs_`; all others are people's. */
  readonly isApp: boolean;
  readonly login: string;
}

/** One permission that an operation asks for, such as `checks: write`. */
export interface Need {
  readonly name: string;
  readonly access: 'read' | 'write';
}

export const DEFAULT_TOKENS: Readonly<Record<string, TokenGrant>> = {
  ghs_test: {
    permissions: {
      actions: 'read',
      checks: 'write',
      contents: 'read',
      deployments: 'write',
      issues: 'write',
      'pull-requests': 'write',
      statuses: 'write',
    },
  },
};

/** Who sends a request with this `authorization` header: undefined without one, a reply where GitHub does not know the token. */
export function callerOf(
  authorization: string | undefined,
  tokens: Readonly<Record<string, TokenGrant>>,
): Caller | Reply | undefined {
  if (authorization === undefined) return undefined;
  const token = /^(?:token|bearer)\s+(\S+)$/i.exec(authorization)?.[1] ?? '';
  const grant = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (grant === undefined) return failure(401, 'Bad credentials');
  const isApp = token.startsWith('ghs_');
  const app = grant.app ?? 'github-actions';
  return { ...grant, token, app, isApp, login: isApp ? `${app}[bot]` : 'octocat' };
}

/** Why the caller may not do what needs any one of `needs`; undefined where it may. */
export function refusal(caller: Caller | undefined, needs: readonly Need[], isPrivate: boolean): Reply | undefined {
  const reads = needs.every(({ access }) => access === 'read');
  if (caller === undefined) {
    if (isPrivate) return notFound();
    return reads ? undefined : failure(401, 'Requires authentication');
  }
  if (needs.length === 0 || needs.some((need) => holds(caller, need))) return undefined;
  const accepted = needs.map(({ name, access }) => `${name.replaceAll('-', '_')}=${access}`).join('; ');
  const kind = caller.isApp ? 'integration' : 'personal access token';
  return failure(403, `Resource not accessible by ${kind}`, { 'x-accepted-github-permissions': accepted });
}

function holds({ permissions }: Caller, { name, access }: Need): boolean {
  const held = permissions[name] ?? permissions[name.replaceAll('-', '_')] ?? 'none';
  return held === 'write' || held === access;
}
