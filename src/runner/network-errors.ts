import { MeasurementError } from '../checklist/errors.ts';
import type { ReasonCode } from '../checklist/reasons.ts';

interface Failure {
  readonly reason: ReasonCode;
  readonly retryable: boolean;
  /** What happened, as the sentence goes on after `host:port`, and what to do. */
  readonly says: string;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: {
    reason: 'connection_refused',
    retryable: true,
    says: 'refused the connection: nothing listens there. Check that the service runs and that host and port are right.',
  },
  EHOSTUNREACH: {
    reason: 'connection_refused',
    retryable: true,
    says: 'cannot be reached from this machine: there is no route to it. Check the network between them.',
  },
  ENOTFOUND: {
    reason: 'host_not_found',
    retryable: false,
    says: 'was not found: its name does not resolve. Check the spelling, and that this machine can see it.',
  },
  EAI_AGAIN: {
    reason: 'host_not_found',
    retryable: true,
    says: 'was not found: the name server did not answer. Check the spelling, and the network of this machine.',
  },
  ETIMEDOUT: {
    reason: 'timed_out',
    retryable: true,
    says: 'did not answer in time. Check that it runs and that a firewall does not drop the connection.',
  },
  ECONNRESET: {
    reason: 'bad_response',
    retryable: true,
    says: 'closed the connection before its answer was complete. Its own log may say why.',
  },
  EACCES: {
    reason: 'permission_denied',
    retryable: false,
    says: 'could not be asked: this machine does not permit the connection.',
  },
};

const SAME_AS: Readonly<Record<string, keyof typeof FAILURES>> = {
  ENETUNREACH: 'EHOSTUNREACH',
  EADDRNOTAVAIL: 'EHOSTUNREACH',
  EPIPE: 'ECONNRESET',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
  TimeoutError: 'ETIMEDOUT',
  EPERM: 'EACCES',
};

/** Codes by which Node says that a certificate or the handshake is at fault (OpenSSL's verify results, and Node's own). */
const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$)/;

/** Why a connection to `target` (`host:port`, or a URL without secrets) failed, in one sentence with a remedy. */
export function networkError(cause: unknown, target: string): MeasurementError {
  if (cause instanceof MeasurementError) return cause;
  const found = codes(cause);
  for (const code of found) {
    const failure = FAILURES[SAME_AS[code] ?? code];
    if (failure)
      return new MeasurementError(failure.reason, `${target} ${failure.says}`, { cause, retryable: failure.retryable });
  }
  const tls = found.find((code) => TLS_CODE.test(code));
  if (tls !== undefined) {
    const message = `${target} has no TLS that can be trusted: ${deepestMessage(cause)} (${tls}). Renew the certificate, or name the right host.`;
    return new MeasurementError('tls_invalid', message, { cause });
  }
  return new MeasurementError('bad_response', `${target} could not be asked: ${deepestMessage(cause)}.`, { cause });
}

/** The codes (or else names) of an error and of all that caused it, outermost first. */
function codes(error: unknown): string[] {
  const found: string[] = [];
  for (const one of chain(error)) {
    if ('code' in one && typeof one.code === 'string') found.push(one.code);
    else found.push(one.name);
  }
  return found;
}

function deepestMessage(error: unknown): string {
  const message = chain(error)
    .map((one) => one.message)
    .findLast((text) => text !== '');
  return (message ?? String(error)).replace(/[.\s]+$/, '');
}

function chain(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 8) return [];
  // One connection attempt for each address of a host: their errors say more than the sum.
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [error, ...inner.flatMap((one) => chain(one, depth + 1))];
}
