import { MeasurementError } from '../../checklist/errors.ts';
import type { ReasonCode } from '../../checklist/reasons.ts';
import type { ExecRequest, ExecResult } from '../../runner/ports.ts';
import type { TaskContext } from '../task.ts';

/** Which cluster, and which namespace of it; absent is what the kubeconfig says. */
export interface Cluster {
  readonly namespace?: string | undefined;
  readonly context?: string | undefined;
}

type Extras = Pick<ExecRequest, 'input' | 'onLine' | 'timeoutMs'>;

/** What one request to the API server may take; a watch has its own limit. */
const REQUEST_LIMIT = '20s';
const CALL_LIMIT_MS = 60_000;

/**
 * Runs kubectl (never through a shell) and gives its standard output.
 *
 * @throws MeasurementError with the reason that kubectl's own message tells; `tool_missing` when there is no kubectl.
 */
export async function kubectl(
  args: readonly string[],
  cluster: Cluster,
  context: TaskContext,
  extras: Extras = {},
): Promise<string> {
  const result = await context.exec({
    file: 'kubectl',
    args: [...args, ...clusterArgs(cluster), ...(args[1] === 'status' ? [] : [`--request-timeout=${REQUEST_LIMIT}`])],
    signal: context.signal,
    timeoutMs: CALL_LIMIT_MS,
    keepBytes: 16 * 1024 * 1024,
    ...extras,
  });
  if (result.exitCode === 0) return result.stdout;
  throw kubectlError(args, result);
}

/** One object, or a list of them, as JSON. */
export async function kubectlGet(args: readonly string[], cluster: Cluster, context: TaskContext): Promise<unknown> {
  const output = await kubectl(['get', ...args, '-o', 'json'], cluster, context);
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw new MeasurementError('bad_response', `kubectl get ${args[0]} gave no JSON.`, { cause });
  }
}

function clusterArgs({ namespace, context }: Cluster): string[] {
  return [
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
}

interface Refusal {
  readonly pattern: RegExp;
  readonly reason: ReasonCode;
  readonly retryable: boolean;
  readonly remedy: string;
}

/** kubectl has no exit codes of its own: its words are all there is. The first pattern that fits decides. */
const REFUSALS: readonly Refusal[] = [
  {
    pattern: /connection refused|was refused - did you specify/i,
    reason: 'connection_refused',
    retryable: true,
    remedy: 'Check KUBECONFIG and that the cluster can be reached from this machine.',
  },
  { pattern: /no such host/i, reason: 'host_not_found', retryable: false, remedy: 'Check the server’s name in KUBECONFIG.' },
  { pattern: /x509:|tls: /i, reason: 'tls_invalid', retryable: false, remedy: 'Check the certificates in KUBECONFIG.' },
  {
    pattern: /\(Unauthorized\)|must be logged in|asked for the client to provide credentials/i,
    reason: 'authentication_failed',
    retryable: false,
    remedy: 'Renew the credentials in KUBECONFIG.',
  },
  {
    pattern: /\(Forbidden\)|is forbidden/i,
    reason: 'permission_denied',
    retryable: false,
    remedy: 'Give the service account a role with these verbs.',
  },
  {
    pattern: /\(NotFound\)|not found|unable to find specified revision|no rollout history found|does not exist/i,
    reason: 'not_found',
    retryable: false,
    remedy: 'Check the name, the namespace and the context.',
  },
  {
    pattern: /timed out|timeout|deadline exceeded \(|context deadline exceeded/i,
    reason: 'timed_out',
    retryable: true,
    remedy: 'See `kubectl describe` for what holds it up.',
  },
];

function kubectlError(args: readonly string[], { stderr, stdout, timedOut }: ExecResult): MeasurementError {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^(E|W|I)\d{4} /.test(line));
  const said = (lines.at(-1) ?? stdout.trim().split('\n').at(-1) ?? '')
    .trim()
    .replace(/^error: /i, '')
    // Its own question to whoever typed it: the remedy says it better.
    .replace(/ - did you specify the right host or port\?$/, '')
    .replace(/\.$/, '');
  const what = `kubectl ${args.slice(0, 2).join(' ')}`;
  if (timedOut) return new MeasurementError('timed_out', `${what} did not end in time and was stopped.`, { retryable: true });
  const refusal = REFUSALS.find(({ pattern }) => pattern.test(stderr));
  if (refusal === undefined)
    return new MeasurementError('task_failed', `${what} failed: ${said === '' ? 'it gave no reason' : said}.`);
  return new MeasurementError(refusal.reason, `${what}: ${said}. ${refusal.remedy}`, { retryable: refusal.retryable });
}
