import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { PlanErrors } from '../../src/checklist/errors.ts';
import { PHASES } from '../../src/checklist/model.ts';
import { PROBES } from '../../src/probes/registry.ts';
import { TASKS } from '../../src/tasks/registry.ts';
import { read, readSection } from './read.ts';

const WORDS = [
  ...['version', 'service', 'vars', 'secrets', 'databases', 'policy', 'locale', ...PHASES],
  ...['items', 'title', 'id', 'expect', 'abort', 'warn', 'when', 'units', 'within', 'required', 'url', 'throwaway'],
  ...[
    'database',
    'run',
    'tool',
    'indexes',
    'queries',
    'checks',
    'rollout',
    'metrics',
    'control',
    'steps',
    'weight',
    'hold',
    'every',
    'on-abort',
  ],
  ...['options', 'default', 'verify', 'tasks', '__proto__', 'constructor', 'toString', '<<'],
  ...[...PROBES, ...TASKS].map(({ name }) => name),
];
const TEXTS = [
  'p95 < 500ms',
  '[',
  '${A}',
  '${',
  '$${A}',
  '${A:-b}',
  'rollback',
  'rollback a',
  '10%',
  '2h',
  'a.b < 1',
  'baseline',
  'https://a.example',
  'main',
  'alembic',
];

const scalar = fc.oneof(fc.constantFrom(...TEXTS), fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown; map: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('tree'), { maxLength: 4 }), tie('map')),
  map: fc.array(fc.tuple(fc.constantFrom(...WORDS), tie('tree')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
}));

function onlyPlanErrors(reading: () => unknown): void {
  try {
    reading();
  } catch (error) {
    expect(error).toBeInstanceOf(PlanErrors);
    if (!(error instanceof PlanErrors)) return;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { position, message } of error.problems) {
      expect(message).not.toMatch(/Invalid input|\[object|undefined|\uF0F1/);
      expect(position?.line).toBeGreaterThan(0);
      expect(position?.column).toBeGreaterThan(0);
    }
  }
}

const phase = fc.option(fc.constantFrom(...PHASES), { nil: undefined });

test('a plan of any values is read or refused with positions, and nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...WORDS), tree), phase, (plan, chosen) => {
      const text = stringify({ version: 1, ...plan });
      onlyPlanErrors(() => read(text, { A: 'x y' }, chosen === undefined ? {} : { phase: chosen }));
    }),
    { numRuns: 300 },
  );
});

test('a section of any values is read or refused with positions, and nothing else', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(...PHASES), (section, chosen) => {
      onlyPlanErrors(() => readSection(chosen, stringify(section) ?? '', {}));
    }),
    { numRuns: 300 },
  );
});

test('any text is read or refused with positions, and nothing else', () => {
  const line = fc.tuple(
    fc.nat({ max: 8 }),
    fc.constantFrom(...WORDS, '- ', '"', "'", '|', '>', '&a', '*a', '{', '}', '[', ']', ','),
    fc.constantFrom(': ', ' ', ':', ''),
    fc.constantFrom(...TEXTS, ''),
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(line, { maxLength: 12 })
      .map((lines) => lines.map(([indent, key, colon, value]) => `${' '.repeat(indent)}${key}${colon}${value}`).join('\n')),
  );
  fc.assert(
    fc.property(text, phase, (written, chosen) => {
      onlyPlanErrors(() => read(written, {}, chosen === undefined ? {} : { phase: chosen }));
    }),
    { numRuns: 1000 },
  );
});
