import type { Checklist, Comparison, Evidence, Item, Judgement } from '../../src/checklist/model.ts';
import { bytes, number, ratio, seconds, text, type Value, version } from '../../src/criteria/value.ts';
import type { HistogramEvidence } from '../../src/report/histogram.ts';

/** 14 March 2026, 02:51:07 UTC. */
export const START = Date.UTC(2026, 2, 14, 2, 51, 7);

/** An item that passed and compared nothing, unless told otherwise. */
export function item(id: string, over: Partial<Item> = {}): Item {
  return {
    id,
    title: id,
    kind: 'command',
    required: true,
    state: 'pass',
    reason: 'criteria_met',
    measurements: {},
    judgements: [],
    evidence: [],
    startedAt: START,
    durationMs: 120,
    ...over,
  };
}

export function checklist(items: readonly Item[], over: Partial<Checklist> = {}): Checklist {
  return {
    phase: 'pre-deploy',
    service: 'intervention-plans',
    subject: {
      repository: 'acme/intervention-plans',
      headSha: '55bc01d9a4e2f7c81b30d6a5e94f2c7781d03e6b',
      pullRequest: 128,
      ref: 'refs/pull/128/merge',
      runUrl: 'https://github.com/acme/intervention-plans/actions/runs/17',
    },
    plan: { file: '.github/holdpoint.yml', source: 'base', sha: '9f1c2ab7d0e4458f6a3b1c0d2e5f60718293a4b5' },
    dryRun: false,
    items,
    verdict: 'pass',
    reason: 'criteria_met',
    notes: [],
    startedAt: START,
    finishedAt: START + 72_000,
    ...over,
  };
}

export function comparison(
  subject: string,
  operator: string,
  measured: Value,
  allowed: Value,
  outcome: Comparison['outcome'],
): Comparison {
  return { subject, operator, measured, allowed: [allowed], outcome };
}

export function judgement(criterion: string, comparisons: readonly Comparison[], over: Partial<Judgement> = {}): Judgement {
  const outcome = comparisons.every((one) => one.outcome === 'holds') ? 'holds' : 'violated';
  return { criterion, intent: 'expect', outcome, comparisons, ...over };
}

const health = item('health-check-answers', {
  title: 'Health check answers',
  group: 'Service',
  kind: 'http',
  durationMs: 184,
  measurements: { status: { value: number(200) }, latency: { value: seconds(0.18) } },
  judgements: [
    judgement('status == 200', [comparison('status', '==', number(200), number(200), 'holds')]),
    judgement('latency < 2s', [comparison('latency', '<', seconds(0.18), seconds(2), 'holds')]),
  ],
  evidence: [
    {
      kind: 'output',
      title: 'Response',
      text: 'HTTP/1.1 200 OK\ncontent-type: application/json\n\n{"status":"ok","version":"1.2.0"}',
    },
  ],
});

const settings = item('pool-settings', {
  title: 'Pool settings are the optimised ones',
  group: 'Settings',
  kind: 'settings',
  durationMs: 6,
  measurements: { APP_DB_POOL_MIN_SIZE: { value: number(2) }, APP_DB_POOL_MAX_SIZE: { value: number(8) } },
  judgements: [
    judgement('APP_DB_POOL_MIN_SIZE == 2', [comparison('APP_DB_POOL_MIN_SIZE', '==', number(2), number(2), 'holds')]),
    judgement('APP_DB_POOL_MAX_SIZE == 8', [comparison('APP_DB_POOL_MAX_SIZE', '==', number(8), number(8), 'holds')]),
  ],
});

const backup = item('backup-is-fresh', {
  title: 'Backup is fresh and not empty',
  group: 'Database',
  kind: 'file',
  durationMs: 11,
  measurements: { size: { value: bytes(48_211_304) }, age: { value: seconds(11_700) } },
  judgements: [
    judgement('size > 0 bytes', [comparison('size', '>', bytes(48_211_304), bytes(0), 'holds')]),
    judgement('age < 24h', [comparison('age', '<', seconds(11_700), seconds(86_400), 'holds')]),
  ],
});

const latencies: Evidence = {
  kind: 'series',
  title: 'p95',
  unit: 's',
  points: Array.from({ length: 40 }, (_, at) => ({
    at: START + at * 1_000,
    amount: 0.9 + at * 0.04 + 0.15 * Math.sin(at / 2),
  })),
};

/** Two kinds of answers: most take about 100 ms, some 2 s. */
export const twoPeaks: HistogramEvidence = {
  kind: 'histogram',
  title: 'Latencies',
  unit: 's',
  from: 0.05,
  bins: [
    { upTo: 0.1, count: 60 },
    { upTo: 0.2, count: 30 },
    { upTo: 0.5, count: 0 },
    { upTo: 1, count: 2 },
    { upTo: 2, count: 908 },
  ],
  marks: [
    { label: 'p50', amount: 1.5 },
    { label: 'p95', amount: 1.9 },
  ],
};

export const stressTest = item('stress-test', {
  title: 'Stress test, 50 at a time',
  group: 'Service',
  kind: 'load',
  state: 'fail',
  reason: 'criterion_failed',
  durationMs: 41_200,
  measurements: {
    p95: { value: seconds(2.41), samples: 1000 },
    p99: { value: seconds(3.02), samples: 1000 },
    success_rate: { value: ratio(0.998), samples: 1000 },
    timeouts: { value: number(0) },
  },
  judgements: [
    judgement('success_rate > 95%', [comparison('success_rate', '>', ratio(0.998), ratio(0.95), 'holds')]),
    judgement('p95 < 2000ms', [comparison('p95', '<', seconds(2.41), seconds(2), 'violated')], {
      position: { file: '.github/holdpoint.yml', line: 21, column: 15 },
    }),
    judgement('p99 < 5000ms', [comparison('p99', '<', seconds(3.02), seconds(5), 'holds')]),
  ],
  evidence: [
    latencies,
    twoPeaks,
    {
      kind: 'table',
      title: 'Status codes',
      columns: ['Status', 'Count', 'Share'],
      rows: [
        ['200', '998', '99.8 %'],
        ['503', '2', '0.2 %'],
      ],
    },
  ],
});

export const refused = item('redis-answers', {
  title: 'Redis answers',
  group: 'Service',
  kind: 'redis',
  state: 'error',
  reason: 'connection_refused',
  message: 'Nothing listens on redis.internal:6379. Check that Redis is started.',
  durationMs: 15,
});

export const noData = item('error-rate', {
  title: 'Error rate of the last hour',
  group: 'Monitoring',
  kind: 'prometheus',
  state: 'inconclusive',
  reason: 'no_data',
  durationMs: 88,
  judgements: [
    judgement('error_rate < 1%', [], {
      outcome: 'unknown',
      reason: 'no_data',
      detail: 'The query returned no series.',
    }),
  ],
});

const slowStart = item('start-up-time', {
  title: 'Start-up time',
  group: 'Service',
  state: 'warn',
  reason: 'warning_criterion_held',
  durationMs: 9_400,
  measurements: { duration: { value: seconds(9.4) } },
  judgements: [judgement('duration > 8s', [comparison('duration', '>', seconds(9.4), seconds(8), 'holds')], { intent: 'warn' })],
});

const chat = item('chat-notified', {
  title: 'Release channel is told',
  group: 'People',
  state: 'fail',
  required: false,
  reason: 'command_failed',
  message: 'The command ended with exit code 22.',
  evidence: [{ kind: 'output', title: 'Output', text: 'curl: (22) The requested URL returned error: 403' }],
});

const approval = item('qa-signed-off', {
  title: 'QA signed off',
  group: 'People',
  kind: 'approval',
  message: 'Approved by QA.',
  durationMs: 320,
});

const good = [settings, health, backup, approval];

export const allPass = checklist(good);

export const oneFail = checklist([settings, health, stressTest, backup, approval], {
  verdict: 'fail',
  reason: 'criterion_failed',
  notes: ['This pull request changes the plan; it was judged by the plan of the base commit.'],
});

export const inconclusive = checklist([...good, noData], { verdict: 'inconclusive', reason: 'no_data' });

export const errored = checklist([...good, refused], { verdict: 'error', reason: 'connection_refused' });

export const warned = checklist([...good, slowStart, chat], { verdict: 'warn', reason: 'warning_criterion_held' });

export const mixed = checklist([settings, health, stressTest, refused, slowStart, backup, noData, chat, approval], {
  verdict: 'fail',
  reason: 'criterion_failed',
});

export const cancelled = checklist(
  [
    settings,
    health,
    item('stress-test', {
      title: 'Stress test, 50 at a time',
      group: 'Service',
      kind: 'load',
      state: 'error',
      reason: 'cancelled',
      durationMs: 9_000,
    }),
    item('backup-is-fresh', { title: 'Backup is fresh and not empty', group: 'Database', state: 'skipped', reason: 'cancelled' }),
  ],
  { verdict: 'error', reason: 'cancelled' },
);

export const running: Checklist = (() => {
  const { finishedAt: _, ...unfinished } = checklist(
    [
      settings,
      health,
      item('stress-test', {
        title: 'Stress test, 50 at a time',
        group: 'Service',
        kind: 'load',
        state: 'running',
        reason: 'waiting',
        progress: '412 of 1,000 requests',
      }),
      item('backup-is-fresh', { title: 'Backup is fresh and not empty', group: 'Database', state: 'pending', reason: 'waiting' }),
    ],
    { verdict: 'running', reason: 'waiting' },
  );
  return unfinished;
})();

export const migration = checklist(
  [
    item('migration', {
      title: 'alembic upgrade head',
      group: 'Migration',
      kind: 'alembic',
      durationMs: 3_120,
      measurements: { version: { value: version('5403') }, duration: { value: seconds(3.12) }, warnings: { value: number(0) } },
      judgements: [
        judgement('version == 5403edb1d087', [comparison('version', '==', text('5403edb1d087'), text('5403edb1d087'), 'holds')]),
        judgement('duration < 30s', [comparison('duration', '<', seconds(3.12), seconds(30), 'holds')]),
      ],
      evidence: [
        {
          kind: 'output',
          title: 'Output of alembic',
          text: 'INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.\nINFO  [alembic.runtime.migration] Running upgrade 2b1c -> 5403edb1d087, Add indexes to intervention_plans',
        },
      ],
    }),
    item('ix-status', {
      title: 'ix_intervention_plans_status_needs_review',
      group: 'Indexes',
      kind: 'index',
      durationMs: 4,
      message: 'Valid, on status, needs_review.',
    }),
    item('ix-reviewed', {
      title: 'ix_intervention_plans_last_reviewed_at',
      group: 'Indexes',
      kind: 'index',
      state: 'fail',
      reason: 'index_missing',
      durationMs: 3,
      message: 'Table intervention_plans has no index ix_intervention_plans_last_reviewed_at.',
      evidence: [
        {
          kind: 'table',
          title: 'Indexes of intervention_plans',
          columns: ['Index', 'Columns', 'Valid'],
          rows: [
            ['intervention_plans_pkey', 'id', 'yes'],
            ['ix_intervention_plans_status_needs_review', 'status, needs_review', 'yes'],
          ],
        },
      ],
    }),
    item('query', {
      title: 'select * from intervention_plans where last_reviewed_at < $1',
      group: 'Queries',
      kind: 'query',
      state: 'skipped',
      reason: 'needs_unmet',
      message: '“ix_intervention_plans_last_reviewed_at” has not passed.',
    }),
  ],
  { phase: 'migrate', verdict: 'fail', reason: 'index_missing' },
);

const canaryHold = (weight: string, over: Partial<Item>): readonly Item[] => [
  item(`weight-${weight}`, {
    title: `Send ${weight} to the canary`,
    group: `Step ${weight}`,
    kind: 'kubernetes',
    reason: 'task_done',
    message: `${weight} of the traffic goes to the canary.`,
  }),
  item(`hold-${weight}`, {
    title: `Hold at ${weight}`,
    group: `Step ${weight}`,
    kind: 'prometheus',
    durationMs: 7_200_000,
    ...over,
  }),
];

export const canary = checklist(
  [
    ...canaryHold('10 %', {
      judgements: [
        judgement('error_rate < 1%', [comparison('error_rate', '<', ratio(0.002), ratio(0.01), 'holds')]),
        judgement('p95 <= baseline * 1.05', [comparison('p95', '<=', seconds(0.41), seconds(0.42), 'holds')]),
      ],
    }),
    ...canaryHold('50 %', {
      state: 'fail',
      reason: 'canary_aborted',
      durationMs: 312_000,
      judgements: [
        judgement('error_rate > 10% for 2m', [comparison('error_rate', '>', ratio(0.124), ratio(0.1), 'holds')], {
          intent: 'abort',
          detail: 'Held for 2 min, from 05:01:12 to 05:03:12.',
        }),
      ],
      evidence: [
        {
          kind: 'series',
          title: 'error_rate',
          unit: 'ratio',
          points: Array.from({ length: 32 }, (_, at) => ({
            at: START + 7_200_000 + at * 10_000,
            amount: at < 18 ? 0.002 + 0.001 * Math.sin(at) : 0.1 + 0.03 * Math.abs(Math.sin(at / 3)),
          })),
        },
      ],
    }),
    ...canaryHold('100 %', { state: 'skipped', reason: 'not_reached' }).map((one) => ({
      ...one,
      state: 'skipped' as const,
      reason: 'not_reached' as const,
    })),
    item('abort', {
      title: 'Take the traffic from the canary',
      group: 'Abort',
      kind: 'kubernetes',
      reason: 'task_done',
      message: 'All traffic is on the stable version.',
    }),
  ],
  { phase: 'canary', verdict: 'fail', reason: 'canary_aborted', finishedAt: START + 7_560_000 },
);

export const rollback = checklist(
  [
    item('undo', {
      title: 'Undo deployment/resync-app',
      group: 'Option “code”',
      kind: 'kubernetes',
      reason: 'task_done',
      message: 'Revision 41 runs again.',
      durationMs: 38_000,
    }),
    { ...health, group: 'Verification' },
  ],
  { phase: 'rollback' },
);

/** Half of the items pass, half fail, each with evidence; `length` characters in each title. */
export function many(count: number, evidenceLines = 20, title = 'Índice número'): Checklist {
  const items = Array.from({ length: count }, (_, at) =>
    item(`item-${at}`, {
      title: `${title} ${at}`,
      group: `Grupo ${at % 7}`,
      ...(at % 2 === 0
        ? {}
        : {
            state: 'fail' as const,
            reason: 'criterion_failed' as const,
            judgements: [judgement('p95 < 2s', [comparison('p95', '<', seconds(2 + at), seconds(2), 'violated')])],
          }),
      evidence: [
        {
          kind: 'output',
          title: 'Saída',
          text: Array.from({ length: evidenceLines }, (_, n) => `linha ${n}: ação concluída ✓ 🚀`).join('\n'),
        },
      ],
    }),
  );
  return checklist(items, { verdict: count > 1 ? 'fail' : 'pass', reason: count > 1 ? 'criterion_failed' : 'criteria_met' });
}

/** Strings that try to leave the place they are written to. */
export const HOSTILE = [
  'a | b || c \\| d \\',
  '</td></tr></table><script>alert(1)</script>',
  '```\n```` \n~~~\n</details>',
  '`code` **bold** _it_ [link](javascript:alert(1)) ![img](https://evil.example/x.png)',
  '@octocat closes #1 GH-2 $x^2$ <!-- hidden -->',
  'line one\r\nline two\n\n# heading\n- item\n| a | b |',
  '::error file=a.ts,line=1::gotcha\n::set-output name=x::y\n##[group]x',
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u009b2J\u0000\u0008',
  'user\u202Egnp.exe \u2066x\u2069 \ud800 \uFFFE ]]> &amp; " onload="x" \' style=\'x',
  '',
  '   ',
] as const;

export function hostile(text: string): Checklist {
  const bad = item('hostile', {
    title: text,
    group: text,
    kind: text,
    state: 'fail',
    reason: 'criterion_failed',
    message: text,
    progress: text,
    measurements: { [text]: { value: { kind: 'text', text }, note: text } },
    judgements: [
      {
        criterion: text,
        intent: 'expect',
        outcome: 'violated',
        detail: text,
        comparisons: [
          {
            subject: text,
            operator: '==',
            measured: { kind: 'text', text },
            allowed: [{ kind: 'text', text }],
            outcome: 'violated',
          },
        ],
        position: { file: text, line: 1, column: 1 },
      },
      { criterion: text, intent: 'abort', outcome: 'unknown', reason: 'no_data', detail: text, comparisons: [] },
    ],
    evidence: [
      { kind: 'output', title: text, text },
      { kind: 'table', title: text, columns: [text, 'b'], rows: [[text, text]] },
      {
        kind: 'series',
        title: text,
        unit: 's',
        points: [
          { at: START, amount: 1 },
          { at: Number.NaN, amount: Number.NaN },
        ],
      },
      {
        kind: 'histogram',
        title: text,
        unit: 's',
        bins: [{ upTo: 1, count: 2 }, { count: 1 }],
        marks: [{ label: text, amount: 0.5 }],
      },
    ],
  });
  return checklist([bad, { ...bad, id: 'hostile-2', state: 'skipped', reason: 'needs_unmet' }], {
    service: text,
    verdict: 'fail',
    reason: 'criterion_failed',
    notes: [text],
    subject: { repository: text, headSha: text, ref: text, runUrl: text },
    plan: { file: text, source: 'base', sha: text },
  });
}

export const SAMPLES = {
  allPass,
  oneFail,
  inconclusive,
  errored,
  warned,
  mixed,
  cancelled,
  running,
  migration,
  canary,
  rollback,
} as const;
