import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternError } from '../../src/criteria/pattern.ts';

const found = (pattern: string, text: string, ignoreCase = false) => compilePattern(pattern, ignoreCase).test(text);

function refusal(pattern: string): PatternError {
  try {
    compilePattern(pattern, false);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`/${pattern}/ was accepted`);
}

describe('a pattern', () => {
  it.each([
    ['^v1\\.', 'v1.2', true],
    ['^v1\\.', 'xv1.2', false],
    ['ok', 'it is ok now', true],
    ['^ok$', 'ok\n', false],
    ['^(a|bc)+$', 'abcbca', true],
    ['^(a|bc)+$', 'abcb', false],
    ['^\\d{1,3}(\\.\\d{1,3}){3}$', '10.0.255.1', true],
    ['^\\d{1,3}(\\.\\d{1,3}){3}$', '10.0.2551.1', false],
    ['^[^"\\]]+$', 'abc', true],
    ['\\bready\\b', 'is ready.', true],
    ['\\bready\\b', 'already', false],
    ['^\\p{Lu}.$', 'Á😀', true],
    ['^\\u{1F600}$', '😀', true],
    ['^(?<year>\\d{4})-(?:\\d\\d)$', '2026-01', true],
    ['a{2}b{0}c{1,}d{2,3}', 'aaccdd', true],
    ['^(a*)*$', 'aaa', true],
    ['^$', '', true],
  ])('/%s/ in “%s”: %s', (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected);
  });

  it('means what it means in JavaScript', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\d',
      '\\w',
      '\\W',
      '\\s',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '\\.',
      'é',
      '😀',
      '\\b',
      '\\B',
      '^',
      '$',
      'K',
      '\\p{L}',
      '\\u0061',
    );
    const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
      piece: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        atom,
        fc
          .tuple(fc.constantFrom('a', '[ab]', '.', '\\w'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}?', '{2,}', '*?'))
          .map(([one, times]) => one + times),
        tie('pattern').map((inner) => `(${inner})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '+?'))
          .map(([inner, times]) => `(?:${inner})${times}`),
      ),
      pattern: fc.oneof(
        { maxDepth: 4 },
        fc.array(tie('piece'), { minLength: 0, maxLength: 4 }).map((pieces) => pieces.join('')),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}|${b}`),
      ),
    }));
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', '.', 'é', '😀', 'k', 'K', '\u212a', '\ud83d'), { maxLength: 8 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, content, ignoreCase) => {
        expect(found(source, content, ignoreCase)).toBe(new RegExp(source, ignoreCase ? 'iu' : 'u').test(content));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['(a+)+$', 'a'],
    ['^(a|a)*$', 'a'],
    ['a*a*a*a*a*b$', 'a'],
    ['\\s+$', ' '],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
    ['(.*.*.*.*)*x', 'y'],
    ['(.?){160}z', 'a'],
  ])('/%s/ is done with 64 KiB of “%s” in no time', (pattern, letter) => {
    const started = performance.now();
    expect(found(pattern, `${letter.repeat(65_535)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    ['(', 'no regular expression: unterminated group'],
    ['(a)\\1', 'refer back'],
    ['(?<x>a)\\k<x>', 'refer back'],
    ['a(?=b)', 'look ahead or behind'],
    ['(?<!b)a', 'look ahead or behind'],
    ['(a{100}){100}', 'too large'],
    ['((((a{9}){9}){9}){9}){9}', 'too large'],
    ['a{1000000000}', 'too large'],
    ['(?:){1000000000}', 'too large'],
  ])('/%s/ is refused: %s', (pattern, message) => {
    expect(refusal(pattern).message).toContain(message);
  });

  it('says which part of it is to blame', () => {
    expect(refusal('abc(?!d)')).toMatchObject({ offset: 3 });
    expect(refusal('(a)x\\1')).toMatchObject({ offset: 4, length: 2 });
  });
});
