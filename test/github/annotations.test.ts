import { expect, it } from 'vitest';
import type { Judgement } from '../../src/checklist/model.ts';
import { annotationsOf } from '../../src/github/annotations.ts';
import { checklist, item } from './checklists.ts';

const judgement = (line: number, changes: Partial<Judgement> = {}): Judgement => ({
  criterion: 'p95 < 2s',
  intent: 'expect',
  outcome: 'violated',
  comparisons: [],
  detail: `over the limit of line ${line}`,
  position: { file: '.github/holdpoint.yml', line, column: 9 },
  ...changes,
});
const failing = (judgements: readonly Judgement[], required = true) =>
  item('load', { title: 'Load test', state: 'fail', reason: 'criterion_failed', required, judgements });

it('stands at the line of each criterion that failed, and at no other', () => {
  const items = [failing([judgement(11), judgement(12, { outcome: 'holds' }), judgement(13)]), item('fine')];
  expect(annotationsOf(checklist({ items }))).toEqual([
    expect.objectContaining({ path: '.github/holdpoint.yml', line: 11, level: 'failure', title: 'Load test' }),
    expect.objectContaining({ line: 13, level: 'failure', message: expect.stringContaining('over the limit of line 13') }),
  ]);
});

it('stands at the item where no criterion has a place of its own', () => {
  const items = [item('db', { state: 'error', reason: 'connection_refused', message: 'db:5432 refused the connection.' })];
  expect(annotationsOf(checklist({ items }))).toEqual([
    expect.objectContaining({ line: 7, level: 'failure', message: expect.stringContaining('db:5432 refused the connection.') }),
  ]);
});

it('warns of what the plan does not require, after what it does', () => {
  const items = [failing([judgement(3)], false), failing([judgement(4)])];
  expect(annotationsOf(checklist({ items })).map(({ line, level }) => [line, level])).toEqual([
    [4, 'failure'],
    [3, 'warning'],
  ]);
});

it('says nothing of what a cancellation stopped', () => {
  expect(annotationsOf(checklist({ items: [item('x', { state: 'error', reason: 'cancelled' })] }))).toEqual([]);
});

it.each([
  { file: 'checklist', source: 'input' },
  { file: '/etc/plan.yml', source: 'head' },
  { file: '../plan.yml', source: 'head' },
  { file: 'C:\\plan.yml', source: 'head' },
] as const)('has no place in a plan that is no file of the repository: %j', (plan) => {
  expect(annotationsOf(checklist({ plan, items: [failing([judgement(4)])] }))).toEqual([]);
});

it('writes a path of Windows as the repository has it', () => {
  const plan = { file: '.\\.github\\holdpoint.yml', source: 'head' } as const;
  expect(annotationsOf(checklist({ plan, items: [failing([judgement(4)])] }))[0]?.path).toBe('.github/holdpoint.yml');
});

it('ends after a hundred', () => {
  const items = Array.from({ length: 150 }, () => failing([judgement(4)]));
  expect(annotationsOf(checklist({ items }))).toHaveLength(100);
});

it('stands in a migration where a finding of the x-ray is, and in the plan where that file is outside the repository', () => {
  const found = (file: string) => judgement(4, { position: { file, line: 4, column: 1 } });
  const items = [failing([found('migrations/2_change.sql'), found('/elsewhere/3.sql')])];
  expect(annotationsOf(checklist({ items })).map(({ path }) => path)).toEqual([
    'migrations/2_change.sql',
    '.github/holdpoint.yml',
  ]);
});
