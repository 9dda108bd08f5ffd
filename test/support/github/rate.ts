/** How much of its hour a token has used, as GitHub shows it. */
export interface Rate {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

/** What GitHub grants a workflow's token in an hour. */
const HOURLY_LIMIT = 1_000;

/** Counts the requests of each token. It never refuses one: a limit that is reached is a fault for a test to push. */
export function rateCounter(now: () => number): { count(authorization: string, path: string): Rate } {
  const reset = Math.floor(now() / 1000) + 3600;
  const used = new Map<string, number>();
  return {
    count(authorization, path) {
      // Asking how much is left costs nothing.
      const total = (used.get(authorization) ?? 0) + (path === '/rate_limit' ? 0 : 1);
      used.set(authorization, total);
      return { limit: HOURLY_LIMIT, used: total, remaining: Math.max(0, HOURLY_LIMIT - total), reset };
    },
  };
}

export function rateHeaders({ limit, used, remaining, reset }: Rate): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-used': String(used),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  };
}
