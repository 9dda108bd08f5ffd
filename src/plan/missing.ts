/** Enough to begin with, and valid as it stands. */
export const MINIMAL_PLAN = `version: 1
pre-deploy:
  - title: The service answers
    http: { url: https://example.com/health }
    expect: [status == 200, latency < 2s]
`;

/** Says in one line why there is no plan, and what to do. */
export function noPlanMessage(file: string, cause?: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return `The plan ${file} may not be read: its permissions forbid it.`;
  if (code === 'EISDIR') return `${file} is a folder. Give the plan’s file.`;
  return `There is no plan ${file}. Create it, or name another by \`--plan\` (the action’s input \`plan\`).`;
}
