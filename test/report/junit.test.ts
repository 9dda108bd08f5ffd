import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../src/report/junit.ts';
import { checklist, HOSTILE, hostile, item, SAMPLES } from './samples.ts';

/** Reads the small part of XML that a report uses, and throws on everything else. */
function elements(xml: string): readonly { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  while (rest !== '') {
    const textPart = /^[^<>]+/.exec(rest)?.[0];
    if (textPart !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(textPart)) throw new Error(`bare & in ${textPart}`);
      rest = rest.slice(textPart.length);
      continue;
    }
    const tag = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/.exec(rest);
    if (tag === null) throw new Error(`not XML: ${rest.slice(0, 80)}`);
    const [whole, closing, name = '', attributes = '', empty] = tag;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`${name} closed too early`);
    } else {
      found.push({
        name,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
        ),
      });
      if (empty !== '/') open.push(name);
    }
    rest = rest.slice(whole.length);
  }
  if (open.length > 0) throw new Error(`${open.join()} not closed`);
  return found;
}

const named = (xml: string, name: string) => elements(xml).filter((element) => element.name === name);

describe('the JUnit report', () => {
  test.each(Object.entries(SAMPLES))('of %s is well-formed, and its totals are true', (_, sample) => {
    const xml = renderJunit(sample);
    const [top] = named(xml, 'testsuites');
    expect(Number(top?.attributes['tests'])).toBe(named(xml, 'testcase').length);
    expect(Number(top?.attributes['failures'])).toBe(named(xml, 'failure').length);
    expect(Number(top?.attributes['errors'])).toBe(named(xml, 'error').length);
    expect(Number(top?.attributes['skipped'])).toBe(named(xml, 'skipped').length);
  });

  test.each(HOSTILE)('is well-formed whatever others wrote: %j', (text) => {
    expect(() => elements(renderJunit(hostile(text)))).not.toThrow();
  });

  test('failed is a failure; error and inconclusive are errors; warnings pass', () => {
    const xml = renderJunit(SAMPLES.mixed);
    expect(named(xml, 'failure').map(({ attributes }) => attributes['type'])).toEqual(['criterion_failed']);
    expect(named(xml, 'error').map(({ attributes }) => attributes['type'])).toEqual(['connection_refused', 'no_data']);
    expect(xml).toContain('<system-out>warning: duration was');
  });

  test('is never green where the gate is red', () => {
    const red = [
      SAMPLES.cancelled,
      SAMPLES.running,
      checklist([], { verdict: 'inconclusive', reason: 'nothing_checked' }),
      checklist([item('a')], { verdict: 'fail', reason: 'time_limit_exceeded' }),
      checklist([item('a', { state: 'pending', reason: 'waiting' })], { verdict: 'error', reason: 'internal_error' }),
    ];
    for (const sample of red) {
      const xml = renderJunit(sample);
      expect(named(xml, 'failure').length + named(xml, 'error').length).toBeGreaterThan(0);
    }
  });

  test('is never red where the gate is green', () => {
    for (const sample of [SAMPLES.allPass, SAMPLES.warned, SAMPLES.rollback]) {
      const xml = renderJunit(sample);
      expect(named(xml, 'failure').length + named(xml, 'error').length).toBe(0);
    }
  });
});
