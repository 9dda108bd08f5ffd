import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, it } from 'vitest';
import type { Checklist } from '../../src/checklist/model.ts';
import { type CheckRunOptions, type CheckRunSink, checkRunSink, conclusionOf } from '../../src/github/check-run.ts';
import { renderSummary, renderText, renderTitle } from '../../src/report/markdown.ts';
import { type FakeClock, fakeClock } from '../support/ports.ts';
import { checklist, item, passed } from './checklists.ts';
import { type Answer, type Recorded, type RecordingServer, recordingServer } from './recording-server.ts';

const RUNS = '/repos/acme/shop/check-runs';
const CREATE = `POST ${RUNS}`;
const UPDATE = `PATCH ${RUNS}/41`;
const PAGE = 'https://github.test/acme/shop/runs/41';
const OK: Answer = { status: 200, json: { id: 41, html_url: PAGE } };
const FORBIDDEN: Answer = { status: 403, json: { message: 'Resource not accessible by integration' } };
const silent = { info() {}, warn() {}, error() {}, debug() {} };

let server: RecordingServer;
afterEach(() => server.close());

async function sinkFor(
  clock: FakeClock,
  answer: (request: Recorded, nth: number) => Answer = () => OK,
  options: Partial<CheckRunOptions> = {},
) {
  server = await recordingServer(answer);
  // Without the plugins, which keep real time between requests.
  const client = new Octokit({ baseUrl: server.url, log: silent });
  return checkRunSink({
    client,
    owner: 'acme',
    repo: 'shop',
    headSha: 'a'.repeat(40),
    name: 'Holdpoint: pre-deploy',
    clock,
    render: { title: renderTitle, summary: renderSummary, text: renderText },
    annotate: true,
    ...options,
  });
}

/** Moves the clock on and lets real requests come through. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.advance(ms);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await clock.advance(0);
}

/** Opens the sink, with time for a second attempt. */
async function opened(clock: FakeClock, sink: CheckRunSink): Promise<void> {
  const opening = sink.open(checklist());
  await pass(clock, 0);
  await pass(clock, 1_000);
  await opening;
}

const steps = (count: number, done: number): Checklist =>
  checklist({
    items: Array.from({ length: count }, (_, index) =>
      index < done ? item(`i${index}`) : item(`i${index}`, { state: 'pending', reason: 'waiting' }),
    ),
  });

describe('a check run', () => {
  it('is made with every item pending, and completed with the verdict', async () => {
    const sink = await sinkFor(fakeClock(), undefined, {
      externalId: 'holdpoint:7:1:gate',
      detailsUrl: 'https://github.test/run/7',
    });
    await sink.open(checklist());
    expect([sink.id, sink.url]).toEqual([41, PAGE]);
    await sink.close(passed);

    expect(server.routes).toEqual([CREATE, UPDATE]);
    expect(server.requests[0]?.body).toMatchObject({
      name: 'Holdpoint: pre-deploy',
      head_sha: 'a'.repeat(40),
      status: 'in_progress',
      external_id: 'holdpoint:7:1:gate',
      details_url: 'https://github.test/run/7',
      started_at: '2023-11-14T22:13:20.000Z',
      output: { title: renderTitle(checklist()), summary: renderSummary(checklist()) },
    });
    expect(server.requests[1]?.body).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      completed_at: '2023-11-14T22:13:25.000Z',
      output: { title: renderTitle(passed), summary: renderSummary(passed) },
    });
  });

  it('is made at the end, in one request, for a plan that could not be carried out', async () => {
    const sink = await sinkFor(fakeClock());
    const broken = checklist({
      items: [item('plan-1', { kind: 'plan', state: 'error', reason: 'plan_error', message: 'Unknown key "expct".' })],
      verdict: 'error',
      reason: 'plan_error',
      finishedAt: 1_700_000_000_100,
    });
    await sink.open(broken);
    expect(server.requests).toHaveLength(0);
    await sink.close(broken);
    expect(server.routes).toEqual([CREATE]);
    expect(server.requests[0]?.body).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      output: { annotations: [{ path: '.github/holdpoint.yml', start_line: 7, end_line: 7, annotation_level: 'failure' }] },
    });
  });

  it.each([
    ['pass', 'criteria_met', 'success'],
    ['warn', 'warning_criterion_held', 'success'],
    ['fail', 'criterion_failed', 'failure'],
    ['inconclusive', 'nothing_checked', 'failure'],
    ['error', 'timed_out', 'failure'],
    ['skipped', 'dry_run', 'failure'],
    ['error', 'cancelled', 'cancelled'],
    ['running', 'waiting', 'failure'],
  ] as const)('of verdict %s (%s) ends as %s', (verdict, reason, conclusion) => {
    expect(conclusionOf({ verdict, reason })).toBe(conclusion);
  });

  it('never sends more than GitHub takes', async () => {
    const long = '€'.repeat(60_000);
    const sink = await sinkFor(fakeClock(), undefined, { render: { title: () => long, summary: () => long, text: () => long } });
    await sink.open(checklist());
    await sink.close(passed);
    for (const { body } of server.requests) {
      const output = Object.fromEntries(Object.entries(body['output'] ?? {}));
      expect(Buffer.byteLength(String(output['summary']))).toBeLessThanOrEqual(65_535);
      expect(Buffer.byteLength(String(output['text']))).toBeLessThanOrEqual(65_535);
      expect([...String(output['title'])].length).toBeLessThanOrEqual(255);
    }
  });
});

describe('updates', () => {
  it('are sent every three seconds at most, and only the newest', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock);
    await sink.open(steps(9, 0));
    for (let done = 1; done <= 5; done += 1) sink.update(steps(9, done));
    await pass(clock, 2_900);
    expect(server.requests).toHaveLength(1);
    await pass(clock, 200);
    expect(server.routes).toEqual([CREATE, UPDATE]);
    const sent = server.requests[1]?.body;
    expect(sent).toMatchObject({ output: { title: renderTitle(steps(9, 5)), summary: renderSummary(steps(9, 5)) } });
    expect(sent).not.toHaveProperty('status');
    await sink.close(passed);
  });

  it('that change nothing on the page are not sent', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock);
    await sink.open(steps(9, 0));
    sink.update(steps(9, 0));
    await pass(clock, 30_000);
    expect(server.requests).toHaveLength(1);
    await sink.close(passed);
  });

  it('come every ten seconds after the first minute', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock);
    await sink.open(steps(200, 0));
    await pass(clock, 61_000);
    const times: number[] = [];
    for (let second = 0; second < 30; second += 1) {
      const before = server.requests.length;
      sink.update(steps(200, second + 1));
      await pass(clock, 1_000);
      if (server.requests.length > before) times.push(second + 1);
    }
    // The first is sent at once, 61 s after the start.
    expect(times).toEqual([1, 10, 20, 30]);
    await sink.close(passed);
  });

  it('that GitHub refuses are followed by the next one, and told to nobody', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock, (_, nth) => (nth === 2 ? { status: 500 } : OK));
    await sink.open(steps(9, 0));
    sink.update(steps(9, 1));
    await pass(clock, 3_000);
    sink.update(steps(9, 1));
    await pass(clock, 3_000);
    await sink.close(passed);
    expect(server.routes).toEqual([CREATE, UPDATE, UPDATE, UPDATE]);
  });

  it('never overlap, and the end waits for one under way', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock, (_, nth) => (nth === 2 ? 'hang' : OK));
    await sink.open(steps(9, 0));
    sink.update(steps(9, 1));
    await pass(clock, 3_000);
    sink.update(steps(9, 2));
    await pass(clock, 20_000);
    expect(server.requests).toHaveLength(2);

    const closing = sink.close(passed);
    await pass(clock, 9_000);
    expect(server.requests).toHaveLength(2);
    await pass(clock, 1_000);
    await closing;
    expect(server.requests.at(-1)?.body).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(server.requests).toHaveLength(3);
  });

  it('of 200 items that finish within ten seconds cost seven requests in all, annotations included', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock);
    await sink.open(steps(200, 0));
    for (let done = 1; done <= 200; done += 1) {
      sink.update(steps(200, done));
      await (done % 10 === 0 ? pass(clock, 500) : clock.advance(0));
    }
    const items = steps(200, 200).items.map((one) => ({ ...one, state: 'fail', reason: 'criterion_failed' }) as const);
    await sink.close(checklist({ items, verdict: 'fail', reason: 'criterion_failed', finishedAt: clock.now() }));
    expect(server.requests.length).toBeLessThanOrEqual(7);
    const annotations = server.requests.map(({ body }) => {
      const output = Object.fromEntries(Object.entries(body['output'] ?? {}));
      return Array.isArray(output['annotations']) ? output['annotations'].length : 0;
    });
    expect(annotations.filter((count) => count > 0)).toEqual([50, 50]);
    expect(server.requests.filter(({ body }) => body['status'] === 'completed')).toHaveLength(1);
  });
});

describe('when GitHub does not take it', () => {
  it('opening says nothing, and closing tries once more', async () => {
    const sink = await sinkFor(fakeClock(), (_, nth) => (nth === 1 ? FORBIDDEN : OK));
    await sink.open(checklist());
    sink.update(steps(2, 1));
    expect(sink.url).toBeUndefined();
    await sink.close(passed);
    expect(server.routes).toEqual([CREATE, CREATE]);
    expect(server.requests[1]?.body).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(sink.url).toBe(PAGE);
  });

  it('closing says which permission is missing', async () => {
    const sink = await sinkFor(fakeClock(), () => FORBIDDEN);
    await sink.open(checklist());
    await expect(sink.close(passed)).rejects.toThrow(/^The check run could not be posted: .*"checks: write"/);
    expect(server.requests).toHaveLength(2);
  });

  it('the gate begins after three seconds all the same, and the check run comes later', async () => {
    const clock = fakeClock();
    const sink = await sinkFor(clock, (_, nth) => (nth === 1 ? 'hang' : OK));
    const opening = sink.open(checklist());
    await pass(clock, 3_000);
    await opening;
    const closing = sink.close({ ...passed, verdict: 'error', reason: 'cancelled' });
    await pass(clock, 1_500);
    await closing;
    expect(server.routes).toEqual([CREATE, CREATE]);
    expect(server.requests[1]?.body).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
  });

  it('asks after one whose making was not answered, and goes on with it in place of a second', async () => {
    const clock = fakeClock();
    const ours = {
      check_runs: [
        { id: 40, external_id: 'another' },
        { id: 41, external_id: 'ours' },
      ],
    };
    const answers: Answer[] = ['reset', { status: 200, json: ours }, OK];
    const sink = await sinkFor(clock, (_, nth) => answers[nth - 1] ?? OK, { externalId: 'ours' });
    await opened(clock, sink);
    expect(sink.id).toBe(41);
    await sink.close(passed);
    expect(server.routes.map((route) => route.replace(/\?.*/, ''))).toEqual([
      CREATE,
      `GET /repos/acme/shop/commits/${'a'.repeat(40)}/check-runs`,
      UPDATE,
      UPDATE,
    ]);
  });

  it('leaves one that may still appear to the closing step, although another was completed in its place', async () => {
    const clock = fakeClock();
    const none: Answer = { status: 200, json: { check_runs: [] } };
    const sink = await sinkFor(clock, ({ method }, nth) => (nth === 1 ? 'hang' : method === 'GET' ? none : OK), {
      externalId: 'ours',
    });
    const opening = sink.open(checklist());
    await pass(clock, 3_000);
    await opening;
    const closing = sink.close(passed);
    await pass(clock, 10_000);
    await closing;
    expect(server.routes.filter((route) => route === CREATE)).toHaveLength(2);
    expect(server.requests.at(-1)?.body).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(sink.leftOpen).toBe(true);
  });

  it('says of remarks that were not taken that the check run itself was', async () => {
    const sink = await sinkFor(fakeClock(), (_, nth) => (nth === 3 ? FORBIDDEN : OK));
    await sink.open(checklist());
    const items = steps(60, 60).items.map((one) => ({ ...one, state: 'fail', reason: 'criterion_failed' }) as const);
    await expect(sink.close(checklist({ items, verdict: 'fail', reason: 'criterion_failed' }))).rejects.toThrow(
      /^The check run was posted, but not all remarks at the plan's lines: /,
    );
    expect(sink.leftOpen).toBe(false);
  });

  it('makes it anew when the one that was not answered is not there', async () => {
    const clock = fakeClock();
    const answers: Answer[] = [{ status: 502 }, { status: 200, json: { check_runs: [] } }, OK];
    const sink = await sinkFor(clock, (_, nth) => answers[nth - 1] ?? OK, { externalId: 'ours' });
    await opened(clock, sink);
    await sink.close(passed);
    expect(server.routes.filter((route) => route === CREATE)).toHaveLength(2);
    expect(server.routes.at(-1)).toBe(UPDATE);
  });
});
