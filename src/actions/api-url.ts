import type { Environment } from '../runner/ports.ts';

/** GitHub's API, as the runner says; never from a file that the job could have changed, because the token is sent there. */
export function apiUrlOf(env: Environment): string {
  return env['GITHUB_API_URL'] || 'https://api.github.com';
}
