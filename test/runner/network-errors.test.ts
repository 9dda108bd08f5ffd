import { expect, test } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { networkError } from '../../src/runner/network-errors.ts';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

test.each([
  ['ECONNREFUSED', 'connection_refused', true],
  ['EHOSTUNREACH', 'connection_refused', true],
  ['ENETUNREACH', 'connection_refused', true],
  ['ENOTFOUND', 'host_not_found', false],
  ['EAI_AGAIN', 'host_not_found', true],
  ['ETIMEDOUT', 'timed_out', true],
  ['UND_ERR_CONNECT_TIMEOUT', 'timed_out', true],
  ['ECONNRESET', 'bad_response', true],
  ['EACCES', 'permission_denied', false],
  ['CERT_HAS_EXPIRED', 'tls_invalid', false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_invalid', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_invalid', false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_invalid', false],
  ['EWHATEVER', 'bad_response', false],
])('%s is %s', (code, reason, retryable) => {
  // As fetch throws it: the code is in the cause.
  const error = networkError(new TypeError('fetch failed', { cause: coded(code) }), 'db:5432');
  expect(error).toMatchObject({ reason, retryable, message: expect.stringMatching(/^db:5432 /) });
});

test('the failures of all addresses of a host are looked into', () => {
  const error = networkError(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), 'db:5432');
  expect(error.reason).toBe('connection_refused');
});

test('what was already told is not told again', () => {
  const told = new MeasurementError('bad_response', 'The body is too large.');
  expect(networkError(told, 'db:5432')).toBe(told);
});

test('an error that causes itself ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(networkError(error, 'db:5432').message).toContain('round');
});
