import { describe, expect, test } from 'vitest';
import { type GateRequest, holdGate } from './gate.ts';

const item = (rest: string) => `version: 1
pre-deploy:
  - title: Health check answers
    http: { url: "http://127.0.0.1:9/health" }
${rest}
`;

interface Mistake extends GateRequest {
  readonly mistake: string;
  /** `line:column` of the plan. */
  readonly at?: string;
  /** What was wrong, and what to do about it. */
  readonly says: readonly string[];
}

const MISTAKES: readonly Mistake[] = [
  {
    mistake: 'no plan at all',
    says: ['There is no plan at .github/holdpoint.yml', 'Write one', 'actions/checkout'],
  },
  {
    mistake: 'a plan that is no YAML',
    plan: 'version: 1\npre-deploy: [\n  - title: x\n',
    at: '3:3',
    says: ['This is not YAML'],
  },
  {
    mistake: 'an unknown key',
    plan: item('    expects: [status == 200]\n    expect: [status == 200]'),
    at: '5:5',
    says: ['`expects`', 'Did you mean `expect`?'],
  },
  {
    mistake: 'an unknown probe',
    plan: 'version: 1\npre-deploy:\n  - title: Health\n    htp: { url: "http://127.0.0.1:9" }\n    expect: [status == 200]\n',
    at: '4:5',
    says: ['`htp`', 'Did you mean `http`?'],
  },
  {
    mistake: 'a wrong unit',
    plan: item('    expect: [status == 200, latency < 5MB]'),
    at: '5:39',
    says: ['latency', 'bytes'],
  },
  {
    mistake: 'a name that the probe does not measure',
    plan: item('    expect: [latncy < 2s]'),
    at: '5:14',
    says: ['`latncy`', 'latency'],
  },
  {
    mistake: 'an empty expect',
    plan: item('    expect: []'),
    at: '5:5',
    says: ['`expect` is empty', 'Add a criterion'],
  },
  {
    mistake: 'a variable without a value',
    plan: item('    expect: [status == 200]').replace('http://127.0.0.1:9', '$' + '{SERVICE_URL}'),
    at: '4:19',
    says: ['`SERVICE_URL` has no value', '`env:`'],
  },
  {
    mistake: 'a plan without the phase that is run',
    plan: 'version: 1\nrollback:\n  options: { code: { tasks: [{ wait: 1s }] } }\n  verify:\n    - tcp: { address: "db:5432" }\n      expect: [open]\n',
    says: ['The plan has no `pre-deploy:` section', 'Add one'],
  },
  {
    mistake: 'a rollback option that the plan does not have',
    phase: 'rollback',
    plan: 'version: 1\nrollback:\n  options: { code: { tasks: [{ wait: 1s }] } }\n  verify:\n    - tcp: { address: "db:5432" }\n      expect: [open]\n',
    with: { option: 'codes' },
    says: ['no rollback option “codes”', 'Did you mean “code”?'],
  },
  {
    mistake: 'a checklist input that is wrong',
    with: { checklist: '- tcp: { address: "db:5432" }\n  expect: [open]\n  requird: false\n' },
    says: ['`requird`', 'Did you mean `required`?'],
  },
];

describe('a plan error', () => {
  test.each(MISTAKES)('by $mistake ends with 2, nothing has run, and everything tells the same', async (given) => {
    const { mistake: _, at, says, ...request } = given;
    const gate = await holdGate({ event: 'pull_request', ...request });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure', exitCode: 2 });
    expect(gate.outputs).toMatchObject({ verdict: 'error', 'reason-code': 'plan_error' });
    const [problem, ...more] = gate.report?.items ?? [];
    expect(more).toEqual([]);
    for (const words of says) expect(problem?.message).toContain(words);
    if (at !== undefined) expect(problem?.title).toBe(`.github/holdpoint.yml:${at}`);

    expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect(gate.checkRun?.output.title).toBe('Plan error: nothing was run');
    expect(gate.statuses.map(({ state }) => state)).toEqual(['error']);
    const first = (problem?.message ?? '').split(/[`“<]/)[0] ?? '';
    for (const shown of [gate.checkRun?.output.summary, gate.summary, gate.log]) expect(shown).toContain(first);
    if (at !== undefined) {
      const line = Number(at.split(':')[0]);
      expect(gate.checkRun?.annotations.map(({ path, start_line }) => `${path}:${start_line}`)).toEqual([
        `.github/holdpoint.yml:${line}`,
      ]);
    }
  });

  test('does not hide the next one: each is told at its place', async () => {
    const plan = `version: 1
pre-deploy:
  - title: One
    tcp: { adress: "db:5432" }
    expect: [open]
  - title: Two
    http: { url: "http://127.0.0.1:9" }
    expect: [status = 200]
`;
    const gate = await holdGate({ event: 'pull_request', plan });
    expect(gate.exitCode).toBe(2);
    const lines = gate.checkRun?.annotations.map(({ start_line }) => start_line) ?? [];
    expect(new Set(lines)).toEqual(new Set([4, 8]));
  });
});

describe('a wrong input', () => {
  test.each([
    { with: { 'dry-run': 'yes' }, says: 'Input "dry-run" is "yes". It must be true or false.' },
    { with: { 'plan-source': 'bse' }, says: 'Did you mean "base"?' },
    { with: { locale: 'fr' }, says: 'Input "locale" is "fr"' },
    { with: { plan: 'other.yml', checklist: '- tcp: {}' }, says: 'are both set' },
  ])('$says', async ({ says, with: inputs }) => {
    const plan = item('    expect: [status == 200]');
    const gate = await holdGate({ event: 'pull_request', plan, with: inputs });
    expect(gate).toMatchObject({ conclusion: 'failure', exitCode: 2 });
    expect(gate.outputs).toMatchObject({ verdict: 'error', 'reason-code': 'plan_error' });
    expect(gate.annotations[0]).toMatchObject({ level: 'error' });
    expect(gate.annotations[0]?.message).toContain(says);
    expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect(gate.checkRun?.output.summary).toContain(says.split('"')[0]);
  });

  test('that is the commit to report on is told in the job alone: there is no other commit to tell it at', async () => {
    const plan = item('    expect: [status == 200]');
    const gate = await holdGate({ event: 'pull_request', plan, with: { sha: 'abc1234' } });
    expect(gate).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'reason-code': 'plan_error', 'failed-items': '[]' } });
    expect(gate.annotations[0]?.message).toContain('full commit SHA');
    expect(gate.requests).toEqual([]);
  });
});
