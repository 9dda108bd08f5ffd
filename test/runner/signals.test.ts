import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { onCancel } from '../../src/runner/signals.ts';

function fakeProcess() {
  const emitter = new EventEmitter();
  const exits: number[] = [];
  let time = 0;
  return {
    process: Object.assign(emitter, { exit: (code: number) => exits.push(code) }),
    exits,
    now: () => time,
    /** Sends a signal `ms` milliseconds after the last. */
    send(signal: string, ms = 0) {
      time += ms;
      emitter.emit(signal);
    },
  };
}

it.each(['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'])('%s cancels', (name) => {
  const { process, now, send, exits } = fakeProcess();
  const { signal } = onCancel(process, now);
  expect(signal.aborted).toBe(false);
  send(name);
  expect(signal.aborted).toBe(true);
  expect(exits).toEqual([]);
});

it('the same Ctrl-C that arrives twice cancels once', () => {
  const { process, now, send, exits } = fakeProcess();
  onCancel(process, now);
  send('SIGINT');
  send('SIGINT', 300);
  expect(exits).toEqual([]);
});

it('a second signal later than a second ends the process with 130', () => {
  const { process, now, send, exits } = fakeProcess();
  onCancel(process, now);
  send('SIGINT');
  send('SIGTERM', 7_500);
  expect(exits).toEqual([130]);
});

it('nothing listens any more afterwards', () => {
  const { process, now, send } = fakeProcess();
  const { signal, dispose } = onCancel(process, now);
  dispose();
  send('SIGINT');
  expect(signal.aborted).toBe(false);
  expect(process.eventNames()).toEqual([]);
});
