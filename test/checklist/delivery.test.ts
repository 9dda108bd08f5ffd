import { describe, expect, it } from 'vitest';
import { openDelivery } from '../../src/checklist/delivery.ts';
import { openChecklist } from '../../src/checklist/events.ts';
import { maskTexts } from '../../src/checklist/mask.ts';
import type { Checklist } from '../../src/checklist/model.ts';
import type { Sink } from '../../src/checklist/sink.ts';
import { fakeClock } from '../support/ports.ts';

const CHECKLIST: Checklist = {
  ...openChecklist({ phase: 'canary', subject: {}, plan: { file: 'plan.yml', source: 'head' }, dryRun: false, startedAt: 0 }, []),
  verdict: 'pass',
  reason: 'criteria_met',
};

function sink(name: string, work: Partial<Sink> = {}): Sink & { readonly seen: Checklist[] } {
  const seen: Checklist[] = [];
  return {
    name,
    seen,
    open: () => Promise.resolve(),
    update: () => undefined,
    close(checklist) {
      seen.push(checklist);
      return Promise.resolve();
    },
    ...work,
  };
}

describe('sinks', () => {
  it('that fail leave a note and the verdict alone; the local ones are told', async () => {
    const local = sink('report files');
    const remote = sink('check run', { close: () => Promise.reject(new Error('The check run could not be posted.')) });
    const delivery = await openDelivery({ remote: [remote], local: [local] }, CHECKLIST, fakeClock());
    const last = await delivery.close(CHECKLIST);
    expect(last).toMatchObject({ verdict: 'pass', notes: ['The check run could not be posted.'] });
    expect(local.seen[0]?.notes).toEqual(['The check run could not be posted.']);
  });

  it('are still closed when they could not be opened', async () => {
    const remote = sink('check run', { open: () => Promise.reject(new Error('No network.')) });
    const delivery = await openDelivery({ remote: [remote], local: [] }, CHECKLIST, fakeClock());
    expect((await delivery.close(CHECKLIST)).notes).toEqual(['No network.']);
    expect(remote.seen).toHaveLength(1);
  });

  it('that never end are left behind, soon after a cancellation', async () => {
    const clock = fakeClock();
    const remote = sink('check run', { close: () => new Promise(() => undefined) });
    const delivery = await openDelivery({ remote: [remote], local: [] }, CHECKLIST, clock);
    const closing = delivery.close({ ...CHECKLIST, verdict: 'error', reason: 'cancelled' });
    await clock.advance(4_000);
    expect((await closing).notes[0]).toContain('within 4 s');
  });
});

describe('masking', () => {
  const mask = (text: string) => text.replaceAll('hunter2', '***');

  it('reaches every text, and leaves what has none as it is', () => {
    const plain = { a: [1, 'x'], b: { c: true } };
    expect(maskTexts(plain, mask)).toBe(plain);
    expect(maskTexts({ a: ['pw hunter2'], b: { c: 'hunter2' }, d: null }, mask)).toEqual({
      a: ['pw ***'],
      b: { c: '***' },
      d: null,
    });
  });

  it('keeps unchanged neighbours of what it changes', () => {
    const kept = { deep: 'same' };
    expect(maskTexts({ kept, secret: 'hunter2' }, mask).kept).toBe(kept);
  });
});
