import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, describe, expect, test } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { checklist, item } from '../github/checklists.ts';
import { httpServer, type RunningServer } from '../load/server.ts';
import { startFakeGitHub } from '../support/github/server.ts';
import { lacks } from '../support/tools.ts';
import { endings, holdGate, itemOf, PERMISSIONS, ROOT, tokensOf } from './gate.ts';

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop().catch(() => undefined)));
});

async function serving(server: Promise<RunningServer>): Promise<RunningServer> {
  const running = await server;
  servers.push(running);
  return running;
}

/** The ways in which a server can be bad, and one that is good. */
const SERVERS = {
  good: () => httpServer((_, response) => setTimeout(() => response.end('ok'), 5)),
  'never answers': () => httpServer(() => {}),
  'answers 500': () =>
    httpServer((_, response) => {
      response.statusCode = 500;
      response.end('no');
    }),
  'is slower than the client waits': () => httpServer((_, response) => setTimeout(() => response.end('late'), 1_500)),
  'is shut down in mid-test': async () => {
    let left = 40;
    const server = await httpServer((_, response) => {
      left -= 1;
      if (left === 0) setImmediate(() => void server.stop().catch(() => undefined));
      setTimeout(() => response.end('ok'), 5);
    });
    return server;
  },
} as const;

const autocannon = `${process.execPath} ${join(ROOT, 'node_modules/autocannon/autocannon.js')}`;
const K6 = `import http from 'k6/http';
export default function () { http.get(__ENV.TARGET, { timeout: '1s' }); }
`;

/** How each tool is asked for three seconds of load, with a wait of a second for an answer. */
const TOOLS = {
  'the built-in generator': (url: string) => `load: { url: "${url}", duration: 3s, concurrency: 4, timeout: 1s }`,
  autocannon: (url: string) =>
    `load: { run: { command: "${autocannon} -j -c 4 -d 3 -t 1 ${url} > out.json" }, results: out.json }`,
  wrk: (url: string) =>
    `load: { run: { command: "wrk -t 1 -c 4 -d 3s --timeout 1s --latency ${url} > out.txt" }, results: out.txt }`,
  k6: (url: string) => `load: { run: { k6: script.js, args: [--vus, "4", --duration, 3s], env: { TARGET: "${url}" } } }`,
} as const;

const planFor = (load: string, expected: string) =>
  `version: 1\npre-deploy:\n  - title: Load test\n    ${load}\n    expect: ${expected}\n`;

const EXPECTED = '[requests >= 100, success_rate > 95%, p99 < 2s]';
/** k6 is not everywhere (AGPL): its tests run where somebody has put it on PATH. */
const absent = {
  'the built-in generator': false,
  autocannon: false,
  wrk: lacks('wrk'),
  k6: spawnSync('k6', ['version']).status !== 0,
};

for (const [tool, load] of Object.entries(TOOLS)) {
  describe.skipIf(Object.entries(absent).some(([name, missing]) => name === tool && missing))(`a load by ${tool}`, () => {
    const hold = async (server: () => Promise<RunningServer>) => {
      const { url } = await serving(server());
      return holdGate({ plan: planFor(load(url), EXPECTED), files: { 'script.js': K6 }, event: 'pull_request' });
    };

    test('of a good server lets the job go on', async () => {
      const gate = await hold(SERVERS.good);
      expect(endings(gate), gate.log).toEqual({ 'Load test': 'pass criteria_met' });
      expect(gate).toMatchObject({ conclusion: 'success', exitCode: 0 });
    });

    test.each(['never answers', 'answers 500', 'is slower than the client waits', 'is shut down in mid-test'] as const)(
      'of a server that %s blocks the merge',
      async (how) => {
        const gate = await hold(SERVERS[how]);
        expect(gate.conclusion, gate.log).toBe('failure');
        expect([1, 3]).toContain(gate.exitCode);
        expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'failure' });
        expect(gate.statuses.at(-1)?.state).not.toBe('success');
        const judged = itemOf(gate, 'Load test');
        expect(['fail', 'inconclusive', 'error']).toContain(judged?.state);
      },
    );
  });
}

describe('results that cannot be judged', () => {
  const held = (results: string, files: Readonly<Record<string, string>>, more = '') =>
    holdGate({ plan: planFor(`load: { results: "${results}"${more} }`, '[p95 < 500ms]'), files });

  test.each([
    ['an empty file', 'out.json', '', /out\.json: the file is empty/],
    [
      'a page of a proxy',
      'out.json',
      '<!doctype html><title>502 Bad Gateway</title>',
      /this is an HTML page \(“502 Bad Gateway”\)/,
    ],
    [
      'a JSON that ends in the middle',
      'out.json',
      '{"metrics": {"http_reqs": ',
      /out\.json, line 1: the JSON ends in the middle/,
    ],
    ['JSON of something else', 'out.json', '{"hello": 1}', /with the keys `hello`/],
  ])('%s is an error with its reason', async (_, name, content, message) => {
    const gate = await held(name, { [name]: content });
    expect(gate.exitCode).toBe(3);
    expect(endings(gate)).toEqual({ 'Load test': 'error unreadable' });
    expect(itemOf(gate, 'Load test')?.message).toMatch(message);
  });

  test('no file at all is an error that says where it looked', async () => {
    const gate = await held('out/*.json', {});
    expect(endings(gate)).toEqual({ 'Load test': 'error not_found' });
    expect(itemOf(gate, 'Load test')?.message).toContain('No file is named out/*.json');
  });

  test('0 shards is a plan error at its line', async () => {
    const gate = await held('out.json', {}, ', shards: 0');
    expect(gate.exitCode).toBe(2);
    expect(gate.annotations[0]?.message).toContain('at least 1, found `0`');
  });
});

describe('a host that the plan does not allow', () => {
  test('is not loaded, whatever a variable says', async () => {
    const server = await serving(SERVERS.good());
    const plan = `version: 1\nload-hosts: [staging.example.com]\npre-deploy:\n  - title: Load test\n    load: { url: "\${TARGET}", requests: 10 }\n    expect: [timeouts == 0]\n`;
    const gate = await holdGate({ plan, env: { TARGET: server.url } });
    expect(endings(gate)).toEqual({ 'Load test': 'error permission_denied' });
    expect(itemOf(gate, 'Load test')?.message).toContain('`load-hosts` does not allow: staging.example.com');
    expect(server.arrived).toBe(0);
  });
});

describe('a load in stages', () => {
  test('ends at the first stage that does not meet the criteria', async () => {
    let arrived = 0;
    const server = await serving(
      httpServer((_, response) => {
        arrived += 1;
        response.statusCode = arrived > 60 ? 503 : 200;
        response.end();
      }),
    );
    const stages = '[{ requests: 50, concurrency: 2 }, { requests: 50, concurrency: 5 }, { requests: 1000, concurrency: 10 }]';
    const gate = await holdGate({ plan: planFor(`load: { url: "${server.url}", stages: ${stages} }`, '[success_rate > 95%]') });
    expect(endings(gate)).toEqual({ 'Load test': 'fail criterion_failed' });
    expect(arrived).toBe(100);
    const table = itemOf(gate, 'Load test')?.evidence.find(({ title }) => title.startsWith('Stages'));
    expect(table).toMatchObject({ title: 'Stages (1 more not started, because stage 2 does not meet the criteria)' });
  });
});

describe('an abort criterion', () => {
  test('ends the load as soon as it holds, and is what the item fails by', async () => {
    const server = await serving(SERVERS['answers 500']());
    const plan = `version: 1\npre-deploy:\n  - title: Load test\n    load: { url: "${server.url}", duration: 60s, concurrency: 2 }\n    expect: [success_rate > 95%]\n    abort: [error_rate > 50%]\n`;
    const gate = await holdGate({ plan });
    expect(endings(gate)).toEqual({ 'Load test': 'fail abort_criterion_held' });
    expect(gate.durationMs).toBeLessThan(20_000);
  });
});

describe('a baseline in the artifacts of the default branch', () => {
  const SCENARIO = (url: string) => `holdpoint, ${url.replace(/\/$/, '')}, 100 requests, 5 at a time`;
  const zipOf = (url: string, p95Ms: number, state: 'pass' | 'fail' = 'pass') => {
    const measurements = {
      p95: { value: { kind: 'quantity', amount: p95Ms / 1000, dimension: { time: 1, bytes: 0 } } },
      scenario: { value: { kind: 'text', text: SCENARIO(url) } },
    } as const;
    const reason = state === 'pass' ? 'criteria_met' : 'criterion_failed';
    const report = renderJson(checklist({ items: [item('load-test', { measurements, state, reason })], finishedAt: 5_000 }));
    return zipSync({ 'pre-deploy.json': new TextEncoder().encode(JSON.stringify(report)) });
  };
  const hold = async (
    p95s: readonly number[],
    changes: { readonly headBranch?: string; readonly headRepositoryId?: number } = {},
  ) => {
    const permissions = { ...PERMISSIONS, actions: 'read' } as const;
    const { url } = await serving(SERVERS.good());
    const github = await startFakeGitHub(tokensOf({ permissions }));
    try {
      for (const [index, p95] of p95s.entries()) {
        github.addArtifact({
          name: 'holdpoint-report',
          runId: index + 1,
          headSha: 'a'.repeat(40),
          zip: zipOf(url, p95),
          ...changes,
        });
      }
      github.addArtifact({ name: 'holdpoint-report', runId: 99, headSha: 'b'.repeat(40), zip: zipOf(url, 1, 'fail') });
      const load = `load: { url: "${url}", requests: 100, concurrency: 5, baseline: { artifact: holdpoint-report } }`;
      return await holdGate({ plan: planFor(load, '[p95 <= baseline * 1.3, timeouts == 0]'), github, permissions });
    } finally {
      await github.stop();
    }
  };

  test('lets a run pass that is no slower', async () => {
    expect(endings(await hold([900, 800, 1_000]))).toEqual({ 'Load test': 'pass criteria_met' });
  });

  test('blocks one that is', async () => {
    const gate = await hold([1, 1.1, 0.9]);
    expect(endings(gate)).toEqual({ 'Load test': 'fail criterion_failed' });
  });

  test('of two runs is none, and the report says what to do', async () => {
    const gate = await hold([900, 800]);
    expect(endings(gate)).toEqual({ 'Load test': 'inconclusive no_baseline' });
    expect(itemOf(gate, 'Load test')?.message).toContain('a baseline takes 3');
  });

  test('is made of the reports that earlier gates uploaded', async () => {
    const permissions = { ...PERMISSIONS, actions: 'read' } as const;
    const { url } = await serving(SERVERS.good());
    const github = await startFakeGitHub(tokensOf({ permissions }));
    const load = `load: { url: "${url}", requests: 100, concurrency: 5, baseline: { artifact: holdpoint-report } }`;
    const plan = planFor(load, '[p95 <= baseline * 20, timeouts == 0]');
    try {
      const ended: string[] = [];
      for (let run = 1; run <= 4; run += 1) {
        const gate = await holdGate({ plan, github, permissions });
        ended.push(endings(gate)['Load test'] ?? '');
        const zip = zipSync({ 'pre-deploy.json': new TextEncoder().encode(JSON.stringify(gate.report)) });
        github.addArtifact({ name: 'holdpoint-report', runId: run, headSha: gate.headSha, zip });
      }
      expect(ended).toEqual([
        'inconclusive no_baseline',
        'inconclusive no_baseline',
        'inconclusive no_baseline',
        'pass criteria_met',
      ]);
    } finally {
      await github.stop();
    }
  });

  test('may be kept in a file, to which good runs are added and bad ones are not', async () => {
    const { url } = await serving(SERVERS.good());
    const plan = (limit: string) =>
      planFor(`load: { url: "${url}", requests: 100, concurrency: 5, baseline: { file: history.json, least: 1 } }`, limit);
    const first = await holdGate({ plan: plan('[p95 <= baseline * 20, timeouts == 0]') });
    expect(endings(first)).toEqual({ 'Load test': 'inconclusive no_baseline' });
    const kept = first.files['history.json'] ?? '';
    expect(JSON.parse(kept).runs).toHaveLength(1);
    const bad = await holdGate({ plan: plan('[p95 <= baseline / 1000]'), files: { 'history.json': kept } });
    expect(endings(bad)).toEqual({ 'Load test': 'fail criterion_failed' });
    expect(bad.files['history.json']).toBe(kept);
    const good = await holdGate({ plan: plan('[p95 <= baseline * 20]'), files: { 'history.json': kept } });
    expect(endings(good)).toEqual({ 'Load test': 'pass criteria_met' });
    expect(JSON.parse(good.files['history.json'] ?? '').runs).toHaveLength(2);
  });

  test('is not set by a fork or by another branch', async () => {
    expect(endings(await hold([900, 800, 1_000], { headRepositoryId: 7 }))).toEqual({ 'Load test': 'inconclusive no_baseline' });
    expect(endings(await hold([900, 800, 1_000], { headBranch: 'feature' }))).toEqual({
      'Load test': 'inconclusive no_baseline',
    });
  });
});
