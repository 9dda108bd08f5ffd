import { MeasurementError } from '../checklist/errors.ts';
import { networkError } from '../runner/network-errors.ts';
import type { Ports } from '../runner/ports.ts';
import { namesSecret } from './secret-names.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there, redirects included. */
  readonly timeoutMs: number;
  /** How many redirects to follow. Default 0. */
  readonly redirects?: number;
  /** Bytes of body, after decompression, past which the answer is refused. Default 10 MiB. */
  readonly mostBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Milliseconds from the start until the body was complete. */
  readonly latencyMs: number;
  readonly redirects: number;
  /** The URL that answered, without user, password and query. */
  readonly shownUrl: string;
}

const MOST_BYTES = 10 * 1024 * 1024;

/**
 * Asks over HTTP. Any status is an answer. Secrets among URL and headers are added to `ports.secrets` first.
 *
 * @throws MeasurementError when there was no answer: refused, unknown host, time limit, TLS, a body over the limit.
 */
export async function exchange(request: HttpRequest, ports: Ports): Promise<HttpAnswer> {
  const { clock } = ports;
  const startedAt = clock.now();
  const limit = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([ports.signal, limit]);
  let target = openUrl(request.url, ports);
  let headers = { ...target.headers, ...lowerCase(request.headers) };
  keepSecret(headers, ports);
  let { method = 'GET', body } = request;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const response = await ports.fetch(target.url, {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      const location = response.headers.get('location');
      if (location === null || !isRedirect(response.status) || redirects >= (request.redirects ?? 0)) {
        const content = await readBody(response, request.mostBytes ?? MOST_BYTES, target.shown);
        const latencyMs = clock.now() - startedAt;
        return {
          status: response.status,
          headers: response.headers,
          body: content,
          latencyMs,
          redirects,
          shownUrl: target.shown,
        };
      }
      await response.body?.cancel();
      const next = openUrl(new URL(location, target.url).href, ports);
      if (next.url.origin !== target.url.origin) headers = withoutSecrets(headers);
      headers = { ...headers, ...next.headers };
      if (response.status === 303 || ((response.status === 301 || response.status === 302) && method === 'POST')) {
        method = method === 'HEAD' ? 'HEAD' : 'GET';
        body = undefined;
      }
      target = next;
    }
  } catch (cause) {
    ports.signal.throwIfAborted();
    if (limit.aborted) {
      const message = `${hostPort(target.url)} did not answer within ${request.timeoutMs / 1000} s. Check that it is up, or raise the timeout.`;
      throw new MeasurementError('timed_out', message, { cause, retryable: true });
    }
    throw networkError(cause, hostPort(target.url));
  }
}

/** A URL ready to be asked: its user and password go into a header, since fetch refuses them, and to the secrets. */
function openUrl(text: string, { secrets }: Ports) {
  secrets.addUrl(text);
  const url = parsedUrl(text);
  const headers: Record<string, string> = {};
  if (url.username !== '' || url.password !== '') {
    const user = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(user).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url, headers, shown: shownUrl(text) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A URL as reports may show it: without user, password, query and fragment. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return text.replace(/\/\/[^/]*@/, '//');
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

/** Whether a text is an http or https URL. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function parsedUrl(text: string): URL {
  if (!isHttpUrl(text)) throw new MeasurementError('bad_response', `${shownUrl(text)} is not an http or https URL.`);
  return new URL(text);
}

function hostPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function keepSecret(headers: Readonly<Record<string, string>>, { secrets }: Ports): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!namesSecret(name)) continue;
    secrets.add(value);
    const [scheme, credentials] = value.split(/\s+/, 2);
    if (credentials === undefined) continue;
    secrets.add(credentials);
    if (scheme?.toLowerCase() === 'basic')
      secrets.add(
        Buffer.from(credentials, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      );
  }
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !namesSecret(name)));
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

async function readBody(response: Response, mostBytes: number, shown: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > mostBytes) {
      const message = `${shown} answered with more than ${Math.round(mostBytes / 1024 / 1024)} MiB, which is not read. Ask for something smaller.`;
      throw new MeasurementError('bad_response', message);
    }
  }
  return Buffer.concat(chunks);
}
