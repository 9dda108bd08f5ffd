import { MeasurementError } from '../checklist/errors.ts';
import type { ReasonCode } from '../checklist/reasons.ts';

interface Refusal {
  readonly reason: ReasonCode;
  /** What to tell; `at` is `host:port/database`, `said` what the server or the system said. */
  readonly message: (at: string, said: string) => string;
  readonly retryable?: true;
}

/** SQLSTATEs (PostgreSQL's documentation, appendix A), Node's system errors, and OpenSSL's. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ECONNREFUSED: {
    reason: 'connection_refused',
    message: (at) => `Nothing listens at ${at}. Check that PostgreSQL is running and that host and port are right.`,
    retryable: true,
  },
  ENOTFOUND: { reason: 'host_not_found', message: (at) => `The host of ${at} is not known. Check its name and the network.` },
  EAI_AGAIN: {
    reason: 'host_not_found',
    message: (at) => `The host of ${at} could not be looked up: the name server did not answer.`,
    retryable: true,
  },
  EHOSTUNREACH: {
    reason: 'connection_refused',
    message: (at) => `No route to ${at}. Check the network or firewall.`,
    retryable: true,
  },
  ENETUNREACH: {
    reason: 'connection_refused',
    message: (at) => `No route to ${at}. Check the network or firewall.`,
    retryable: true,
  },
  ETIMEDOUT: {
    reason: 'timed_out',
    message: (at) => `${at} did not answer in time. Check the network or firewall.`,
    retryable: true,
  },
  ECONNRESET: { reason: 'connection_refused', message: (at) => `${at} closed the connection.`, retryable: true },
  '28P01': {
    reason: 'authentication_failed',
    message: (at) => `${at} refused the user or password. Check the connection string.`,
  },
  '28000': { reason: 'authentication_failed', message: (at, said) => `${at} refused the user: ${said}.` },
  '3D000': { reason: 'not_found', message: (at) => `The database does not exist: ${at}. Create it or correct the name.` },
  '42501': {
    reason: 'permission_denied',
    message: (at, said) => `${at}: ${said}. Grant the right to the user that Holdpoint connects as.`,
  },
  '25006': { reason: 'permission_denied', message: (_, said) => `A query that only measures may not write: ${said}.` },
  '53300': {
    reason: 'connection_refused',
    message: (at) => `${at} has no connection left. Raise max_connections, or close what holds them.`,
    retryable: true,
  },
  '57P01': {
    reason: 'connection_refused',
    message: (at) => `${at} closed the connection: the server is shutting down.`,
    retryable: true,
  },
  '57P02': { reason: 'connection_refused', message: (at) => `${at} closed the connection: the server crashed.`, retryable: true },
  '57P03': { reason: 'connection_refused', message: (at, said) => `${at} takes no connections now: ${said}.`, retryable: true },
  '57014': { reason: 'timed_out', message: (at) => `A query at ${at} was stopped: it took longer than its time limit.` },
  '55P03': { reason: 'timed_out', message: (at, said) => `A query at ${at} got no lock in time: ${said}.`, retryable: true },
};

const TLS = /^(?:CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

/** A driver's or the system's error as what it means; `at` is `host:port/database`. Passwords are in neither. */
export function refusalOf(cause: unknown, at: string): MeasurementError {
  if (cause instanceof MeasurementError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = errorCode(cause);
  const refusal = code === undefined ? undefined : REFUSALS[code];
  if (refusal) {
    return new MeasurementError(refusal.reason, refusal.message(at, said), { cause, retryable: refusal.retryable ?? false });
  }
  if ((code !== undefined && TLS.test(code)) || /support SSL|SSL connection/.test(said)) {
    return new MeasurementError('tls_invalid', `${at} and the connection string’s sslmode do not fit: ${said}.`, { cause });
  }
  if (/timeout expired|Query read timeout/i.test(said)) {
    return new MeasurementError('timed_out', `${at} did not answer in time.`, { cause, retryable: true });
  }
  if (/terminated|Client has encountered a connection error|Client was closed/i.test(said)) {
    return new MeasurementError('connection_refused', `${at} closed the connection.`, { cause, retryable: true });
  }
  return new MeasurementError('bad_response', `${at} answered: ${said}${code === undefined ? '' : ` (${code})`}.`, { cause });
}

/** The SQLSTATE or system error code, when there is one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
