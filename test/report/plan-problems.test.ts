import { describe, expect, test } from 'vitest';
import { byteLength } from '../../src/report/budget.ts';
import { planProblemsMarkdown, planProblemsTerminal, planProblemsTitle } from '../../src/report/plan-problems.ts';
import { HOSTILE } from './samples.ts';

const file = '.github/holdpoint.yml';
const problem = { message: 'Unknown key "expct"; did you mean "expect"?', position: { file, line: 2, column: 5 } };
const sources = { [file]: 'pre-deploy:\n    expct: [status == 200]\r\n\tname: x\n' };

describe('problems of a plan', () => {
  test('each is told with file, line and column, the line itself and a caret below the place', () => {
    const text = planProblemsTerminal([problem], { sources });
    expect(text).toContain(`${file}:2:5: Unknown key "expct"; did you mean "expect"?`);
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('2 |     expct: [status == 200]'));
    expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('expct'));
  });

  test('the same in Markdown, the excerpt in a fence', () => {
    const markdown = planProblemsMarkdown([problem], { sources });
    expect(markdown).toMatch(/^### ❌ Plan error: nothing was run/);
    expect(markdown).toContain('```text\n2 |     expct: [status == 200]\n  |     ^\n```');
    expect(markdown).toContain('holdpoint validate');
  });

  test('counts them in both languages', () => {
    expect(planProblemsTitle([problem, problem])).toBe('2 plan errors: nothing was run');
    expect(planProblemsTitle([problem], 'pt-BR')).toBe('Erro no plano: nada foi executado');
  });

  test('without the text of the plan, or beyond its end, there is no excerpt', () => {
    expect(planProblemsTerminal([problem])).not.toContain('^');
    expect(planProblemsTerminal([{ ...problem, position: { file, line: 99, column: 1 } }], { sources })).not.toContain('^');
    expect(planProblemsTerminal([{ message: 'The input plan is empty.' }])).toContain('inputs: The input plan is empty.');
  });

  test('the caret stands right behind wide characters, tabs and in the middle of a long line', () => {
    const caret = (source: string, column: number) =>
      planProblemsTerminal([{ message: 'x', position: { file, line: 1, column } }], { sources: { [file]: source } });
    expect(caret('索引: x', 5)).toContain('  |       ^');
    expect(caret('\ta: x', 2)).toContain('  |   ^');
    const long = caret(`${'a'.repeat(300)}HERE${'b'.repeat(300)}`, 301).split('\n');
    const at = long.findIndex((line) => line.includes('HERE'));
    expect(long[at + 1]?.indexOf('^')).toBe(long[at]?.indexOf('HERE'));
    expect(long[at]?.length).toBeLessThan(140);
  });

  test('many problems keep within the budget, and how many were left out is said', () => {
    const many = Array.from({ length: 2_000 }, () => problem);
    const markdown = planProblemsMarkdown(many, { sources });
    expect(byteLength(markdown)).toBeLessThanOrEqual(65_535);
    expect(markdown).toMatch(/… and \d+ more\./);
  });

  test.each(HOSTILE)('what stands in the plan stays in its place: %j', (text) => {
    const hostile = [{ message: text, position: { file, line: 1, column: 1 } }];
    const markdown = planProblemsMarkdown(hostile, { sources: { [file]: text } });
    const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    expect(outside).not.toMatch(/<(?!\/?code>)|@[a-z]/);
    for (const line of planProblemsTerminal(hostile, { sources: { [file]: text } }).split('\n')) {
      expect(line.trimStart().startsWith('::')).toBe(false);
      expect(line).not.toContain('##[');
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });
});
