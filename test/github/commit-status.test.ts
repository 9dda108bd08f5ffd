import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, it } from 'vitest';
import { commitStatusSink, statusStateOf } from '../../src/github/commit-status.ts';
import { fakeClock } from '../support/ports.ts';
import { checklist, passed } from './checklists.ts';
import { type Answer, type RecordingServer, recordingServer } from './recording-server.ts';

const SHA = 'a'.repeat(40);
const ROUTE = `POST /repos/acme/shop/statuses/${SHA}`;
const silent = { info() {}, warn() {}, error() {}, debug() {} };

let server: RecordingServer;
afterEach(() => server?.close());

const clock = fakeClock();

async function sinkFor(
  answer: (nth: number) => Answer = () => ({ status: 201 }),
  title = 'All 3 items passed',
  url?: () => string,
) {
  server = await recordingServer((_, nth) => answer(nth));
  const sink = commitStatusSink({
    client: new Octokit({ baseUrl: server.url, log: silent }),
    owner: 'acme',
    repo: 'shop',
    headSha: SHA,
    phase: 'canary',
    clock,
    title: () => title,
    targetUrl: url ?? (() => undefined),
  });
  return { sink };
}

it('is pending, then tells the verdict', async () => {
  const { sink } = await sinkFor(undefined, undefined, () => 'https://github.test/runs/41');
  await sink.open(checklist());
  sink.update(checklist());
  await sink.close(passed);
  expect(server.routes).toEqual([ROUTE, ROUTE]);
  const same = { context: 'holdpoint/canary', description: 'All 3 items passed', target_url: 'https://github.test/runs/41' };
  expect(server.requests.map(({ body }) => body)).toEqual([
    { ...same, state: 'pending' },
    { ...same, state: 'success' },
  ]);
});

it('is never pending for a checklist that was over before it began', async () => {
  const { sink } = await sinkFor();
  const broken = checklist({ verdict: 'error', reason: 'plan_error' });
  await sink.open(broken);
  await sink.close(broken);
  expect(server.requests.map(({ body }) => body['state'])).toEqual(['error']);
});

it('cuts its description at 140 whole characters', async () => {
  const { sink } = await sinkFor(undefined, '😀'.repeat(200));
  await sink.close(passed);
  expect(server.requests[0]?.body['description']).toBe(`${'😀'.repeat(139)}…`);
});

it('leaves out a target that is no web address', async () => {
  const { sink } = await sinkFor(undefined, undefined, () => 'javascript:alert(1)');
  await sink.close(passed);
  expect(server.requests[0]?.body).not.toHaveProperty('target_url');
});

it('says nothing of a pending status that failed when the last one was taken', async () => {
  const { sink } = await sinkFor((nth) => (nth === 1 ? { status: 500 } : { status: 201 }));
  await sink.open(checklist());
  await sink.close(passed);
});

describe('a pending status that hangs', () => {
  const hanging = async () => {
    const { sink } = await sinkFor((nth) => (nth === 1 ? 'hang' : { status: 201 }));
    await sink.open(checklist());
    await new Promise((resolve) => setTimeout(resolve, 50));
    return sink;
  };
  const states = () => server.requests.map(({ body }) => body['state']);

  it('is waited for, since it would count if it came after the verdict, but not for ever', async () => {
    const sink = await hanging();
    const closing = sink.close(passed);
    await clock.advance(9_900);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(states()).toEqual(['pending']);
    await clock.advance(100);
    await closing;
    expect(states()).toEqual(['pending', 'success']);
  });

  it('is not waited for long when the runner is about to kill the gate', async () => {
    const sink = await hanging();
    const closing = sink.close(checklist({ verdict: 'error', reason: 'cancelled' }));
    await clock.advance(1_500);
    await closing;
    expect(states()).toEqual(['pending', 'error']);
  });

  it('is left to the closing step, because it may still arrive', async () => {
    const sink = await hanging();
    const closing = sink.close(passed);
    await clock.advance(10_000);
    await closing;
    expect(sink.leftOpen).toBe(true);
  });

  it('is not left over once it was answered', async () => {
    const { sink } = await sinkFor();
    await sink.open(checklist());
    await sink.close(passed);
    expect(sink.leftOpen).toBe(false);
  });
});

it('says which permission is missing', async () => {
  const { sink } = await sinkFor(() => ({ status: 403, json: { message: 'Resource not accessible by integration' } }));
  await sink.open(checklist());
  await expect(sink.close(passed)).rejects.toThrow(/^The commit status could not be posted: .*"statuses: write"/);
});

it.each([
  ['running', 'waiting', 'pending'],
  ['pass', 'criteria_met', 'success'],
  ['warn', 'warning_criterion_held', 'success'],
  ['fail', 'criterion_failed', 'failure'],
  ['inconclusive', 'no_data', 'error'],
  ['error', 'timed_out', 'error'],
  ['error', 'cancelled', 'error'],
  ['skipped', 'dry_run', 'error'],
] as const)('%s (%s) is %s', (verdict, reason, state) => {
  expect(statusStateOf({ verdict, reason })).toBe(state);
});
