import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  html,
  logLine,
  markdownCode,
  markdownFence,
  markdownText,
  plainLine,
  plainLines,
  safeUrl,
  shortLine,
  xml,
} from '../../src/report/escape.ts';
import { HOSTILE } from './samples.ts';

/** Mostly the characters that mean something somewhere, in any order. */
const nasty = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...'|`*_~[](){}<>&"\'\\#@$!:-+=./ \n\r\tab1',
        '\u001b[31m',
        '\u001b]8;;x\u0007',
        '\u009b1m',
        '\u202e',
        '\u2028',
        '\u0000',
        '\ud800',
        '\udc00',
        '🚀',
        '<!--',
        '-->',
        '::error::',
        '##[group]',
        '@octocat',
        '#12',
        'https://evil.example/',
        'www.evil.example',
        '```',
        '</td>',
        ']]>',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...HOSTILE),
);

const property = (holds: (text: string) => void) => fc.assert(fc.property(nasty, holds), { numRuns: 500 });

describe('plain text', () => {
  test('no control, escape, direction mark or lone surrogate survives', () => {
    property((text) => {
      expect(plainLines(text)).not.toMatch(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]|\p{Cs}/u);
      expect(plainLine(text)).not.toMatch(/[\n\t]/);
    });
  });

  test('colours and hyperlinks of tools disappear, their text stays', () => {
    expect(plainLine('\u001b[1;31mred\u001b[0m and \u001b]8;;https://x.example\u0007link\u001b]8;;\u0007')).toBe('red and link');
  });

  test('an unfinished escape eats nothing but itself', () => {
    expect(plainLines('a\u001b]8;;b\nc')).toContain('c');
  });

  test('a short line is cut between characters, never inside one', () => {
    property((text) => {
      const short = shortLine(text, 7);
      expect([...short].length).toBeLessThanOrEqual(7);
      expect(short).not.toMatch(/\p{Cs}/u);
    });
  });
});

describe('Markdown', () => {
  test('running text cannot start markup, a cell, an element, a mention, a comment, a link or a line', () => {
    property((text) => {
      const escaped = markdownText(text);
      expect(escaped).not.toMatch(/[|`*~[\]\\<>\n$]/);
      expect(escaped).not.toMatch(/@(?!&#8203;)/);
      expect(escaped).not.toMatch(/#\d+(?!\d*;)/);
      expect(escaped).not.toMatch(/:\/\/|\bwww\./i);
      expect(escaped.replace(/&(?:amp|lt|gt|#\d+);/g, '')).not.toContain('&');
    });
  });

  test('running text cannot start a list, a heading or a rule where a line begins', () => {
    for (const text of ['- item', '+ item', '* item', '# heading', '1. one', '1) one', '---', '===', '> quote']) {
      expect(markdownText(text)).not.toMatch(/^(?:[-+*#>=]|\d+[.)](?:\s|$))/);
    }
  });

  test('names of indexes and numbers stay readable in the source', () => {
    expect(markdownText('ix_plans_status is 2.41 s')).toBe('ix_plans_status is 2.41 s');
    expect(markdownText('_emphasis_')).toBe('&#95;emphasis&#95;');
  });

  test('inline code is one element and nothing leaves it', () => {
    property((text) => {
      expect(markdownCode(text)).toMatch(/^<code>[^<>|`\n]*<\/code>$/);
    });
  });

  test('a fence is longer than any run of backticks inside, and closed', () => {
    property((text) => {
      const lines = markdownFence(text, 'text').split('\n');
      const fence = /^`{3,}/.exec(lines[0] ?? '')?.[0] ?? '';
      expect(lines.at(-1)).toBe(fence);
      for (const line of lines.slice(1, -1)) expect(line).not.toContain(fence);
    });
  });
});

describe('HTML and XML', () => {
  test('no input opens or closes an element or an attribute', () => {
    property((text) => {
      for (const escaped of [html(text), xml(text)]) {
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }
    });
  });

  test('HTML and XML texts read back as the plain text', () => {
    const back = (text: string) =>
      text
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&#39;/g, "'")
        .replace(/&amp;/g, '&');
    property((text) => {
      expect(back(html(text))).toBe(plainLines(text));
      expect(back(xml(text))).toBe(plainLines(text));
    });
  });

  test('XML holds only characters that XML 1.0 can hold', () => {
    property((text) => {
      expect(xml(text)).toMatch(/^[\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
    });
  });

  test('only http and https addresses become links', () => {
    expect(safeUrl('https://github.com/acme/x/actions/runs/1')).toBe('https://github.com/acme/x/actions/runs/1');
    for (const url of ['javascript:alert(1)', 'https://a"onload=x', 'https://a b', 'data:text/html,x', '//x', '']) {
      expect(safeUrl(url)).toBeUndefined();
    }
  });
});

describe('logs', () => {
  test('no line is taken for a workflow command', () => {
    property((text) => {
      const line = logLine(text);
      expect(line.trimStart().startsWith('::')).toBe(false);
      expect(line).not.toContain('##[');
      expect(line).not.toContain('\n');
    });
  });
});
