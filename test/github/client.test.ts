import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, createClient } from '../../src/github/client.ts';
import { describeFailure } from '../../src/github/failure.ts';
import { freePort } from '../support/free-port.ts';
import { type Answer, type RecordingServer, recordingServer } from './recording-server.ts';

const TOKEN = 'ghs_verysecrettoken';
const REFUSED = { message: 'Resource not accessible by integration', documentation_url: 'https://docs.github.com/rest' };

let server: RecordingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const logged: string[] = [];
const keep = (text: string) => void logged.push(text);
const log = { info: keep, warn: keep, error: keep, debug: keep };

async function clientFor(answer: (nth: number) => Answer, options: Partial<ClientOptions> = {}) {
  server = await recordingServer((_, nth) => answer(nth));
  return createClient({ token: TOKEN, apiUrl: server.url, log, ...options });
}

type Client = Awaited<ReturnType<typeof createClient>>;
const create = (client: Client) =>
  client.rest.checks.create({ owner: 'acme', repo: 'shop', name: 'Holdpoint: pre-deploy', head_sha: 'a'.repeat(40) });
const failureOf = (client: Client): Promise<unknown> =>
  create(client).then(
    () => undefined,
    (error: unknown) => error,
  );
const told = (error: unknown) => describeFailure(error, 'check run', 'checks: write');

it('says who it is and sends the token', async () => {
  const client = await clientFor(() => ({ status: 201, json: { id: 1 } }));
  await create(client);
  expect(server?.requests[0]?.headers).toMatchObject({
    authorization: `token ${TOKEN}`,
    'user-agent': expect.stringMatching(/^holdpoint/),
  });
});

describe('an answer that a second try would not change', () => {
  it.each([
    [400, { message: 'Problems parsing JSON' }, {}, /answered 400, "Problems parsing JSON"/],
    [401, { message: 'Bad credentials' }, {}, /does not accept the token \(401\).*"github-token"/],
    [
      403,
      REFUSED,
      {},
      /"Resource not accessible by integration".*"checks: write" under "permissions:".*forks and from Dependabot/,
    ],
    [404, { message: 'Not Found' }, {}, /\(404\).*"checks: write"/],
    [409, { message: 'Git Repository is empty.' }, {}, /answered 409/],
    [
      422,
      { message: 'Validation Failed', errors: ['No commit found for SHA: aaa'] },
      {},
      /\(422\): Validation Failed; No commit found for SHA: aaa\./,
    ],
    [
      422,
      { message: 'Invalid request.', errors: [{ code: 'custom', message: 'title is missing' }] },
      {},
      /Invalid request; title is missing\./,
    ],
    [
      403,
      { message: 'API rate limit exceeded for installation' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2114380800' },
      /rate limit is used up \(403\)\. It ends at 2037-01-01T00:00:00\.000Z/,
    ],
    [
      403,
      { message: 'You have exceeded a secondary rate limit.' },
      { 'retry-after': '60' },
      /rate limit is used up \(403\)\. It asks to wait 60 s/,
    ],
    [429, { message: 'Too many requests' }, { 'retry-after': '600' }, /rate limit is used up \(429\)\. It asks to wait 600 s/],
  ])('%i %j is told after one request', async (status, json, headers, sentence) => {
    const client = await clientFor(() => ({ status, json, headers }));
    const message = told(await failureOf(client));
    expect(message).toMatch(sentence);
    expect(message).toMatch(/^The check run could not be posted: /);
    expect(server?.requests).toHaveLength(1);
  });
});

describe('a failure that may pass', () => {
  it.each<[string, Answer]>([
    ['a 502', { status: 502, json: { message: 'Server Error' } }],
    ['a broken connection', 'reset'],
    ['a 429', { status: 429, json: { message: 'Too many requests' } }],
    [
      'a secondary rate limit of a second',
      { status: 403, json: { message: 'You have exceeded a secondary rate limit' }, headers: { 'retry-after': '1' } },
    ],
  ])('%s is tried again', async (_, fault) => {
    const client = await clientFor((nth) => (nth === 1 ? fault : { status: 201, json: { id: 5 } }));
    expect((await create(client)).data.id).toBe(5);
    expect(server?.requests).toHaveLength(2);
  });
});

it('gives up on a server that never answers when its time is over', async () => {
  const client = await clientFor(() => 'hang', { deadlineMs: 200 });
  const startedAt = Date.now();
  const message = told(await failureOf(client));
  expect(Date.now() - startedAt).toBeLessThan(1_500);
  expect(message).toMatch(/did not answer in time/);
  expect(server?.requests).toHaveLength(1);
});

it('gives up on a server that fails when its time is over, though tries are left', async () => {
  const client = await clientFor(() => ({ status: 500 }), { deadlineMs: 500 });
  expect(told(await failureOf(client))).toMatch(/did not answer in time/);
  expect(server?.requests).toHaveLength(1);
});

it('stops a call when its own signal is aborted', async () => {
  const client = await clientFor(() => 'hang');
  const cancel = new AbortController();
  const call = client.rest.checks.get({ owner: 'acme', repo: 'shop', check_run_id: 1, request: { signal: cancel.signal } });
  setTimeout(() => cancel.abort(), 50);
  await expect(call).rejects.toThrow(/abort/i);
});

it('names the host when there is no network', async () => {
  const port = await freePort();
  const client = await createClient({ token: TOKEN, apiUrl: `http://127.0.0.1:${port}`, log, deadlineMs: 10_000 });
  const error = await client.rest.checks
    .get({ owner: 'acme', repo: 'shop', check_run_id: 1, request: { retries: 0 } })
    .catch((cause: unknown) => cause);
  expect(told(error)).toBe(
    `The check run could not be posted: 127.0.0.1:${port} refused the connection: nothing listens there. Check that the service runs and that host and port are right.`,
  );
});

it('never tells the token, in a message or in the log', async () => {
  const client = await clientFor(() => ({ status: 401, json: { message: 'Bad credentials' } }));
  const message = told(await failureOf(client));
  expect([message, ...logged].join('\n')).not.toContain(TOKEN);
  expect(logged.length).toBeGreaterThan(0);
});
