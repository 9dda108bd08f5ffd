import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onRunner, type RunnerProtocol, runnerProtocol } from '../../src/runner/protocol.ts';
import { temporaryFolder } from '../support/ports.ts';

let printed: string[];
let env: Record<'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY', string>;
let runner: RunnerProtocol;

beforeEach(async () => {
  const folder = temporaryFolder();
  const file = (name: string) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  };
  env = { GITHUB_OUTPUT: file('output'), GITHUB_STATE: file('state'), GITHUB_STEP_SUMMARY: file('summary') };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  runner = await runnerProtocol(env);
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What the runner reads: lines of standard output. */
const lines = () => printed.join('').split(/\r?\n/).slice(0, -1);
/** The runner trims a line before it looks for `::`, and takes `##[` anywhere. */
const commands = () => lines().filter((line) => /^\s*::/.test(line) || line.includes('##['));

it('knows a runner by its own variable', () => {
  expect(onRunner({ GITHUB_ACTIONS: 'true' })).toBe(true);
  expect(onRunner({ CI: 'true' })).toBe(false);
});

it("writes outputs and state to the runner's files, values of several lines too", () => {
  runner.setOutput('failed-items', '["a"]\nverdict=pass');
  runner.saveState('holdpoint', '/tmp/state.json');
  expect(readFileSync(env.GITHUB_OUTPUT, 'utf8')).toMatch(/^failed-items<<(\S+)\n\["a"\]\nverdict=pass\n\1\n$/);
  expect(readFileSync(env.GITHUB_STATE, 'utf8')).toMatch(/^holdpoint<<(\S+)\n\/tmp\/state\.json\n\1\n$/);
  expect(printed).toEqual([]);
});

it('prints no command that the runner no longer obeys where it has no files', async () => {
  const bare = await runnerProtocol({});
  bare.setOutput('verdict', 'pass');
  bare.saveState('holdpoint', 'x');
  await bare.appendSummary('# Passed');
  expect(printed).toEqual([]);
});

it('adds to the summary, and never beyond 1 MiB', async () => {
  await runner.appendSummary('# One\n');
  await runner.appendSummary('# Two\n');
  expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe('# One\n# Two\n');
  await runner.appendSummary('é line of thirty characters…\n'.repeat(60_000));
  const { length } = readFileSync(env.GITHUB_STEP_SUMMARY);
  expect(length).toBeLessThanOrEqual(1_048_576);
  expect(length).toBeGreaterThan(1_048_000);
  await runner.appendSummary('# Three\n'.repeat(100));
  expect(readFileSync(env.GITHUB_STEP_SUMMARY).length).toBeLessThanOrEqual(1_048_576);
});

it('folds lines under a title', () => {
  runner.group('✔ load test', ['p95 = 1.2 s', '  | deep']);
  expect(lines()).toEqual(['::group::✔ load test', 'p95 = 1.2 s', '  | deep', '::endgroup::']);
});

it('remarks at a line of a file', () => {
  runner.annotate({ level: 'error', message: 'p95 was 3 s', title: 'Load: test', file: '.github/holdpoint.yml', line: 7 });
  expect(lines()).toEqual(['::error title=Load%3A test,file=.github/holdpoint.yml,line=7::p95 was 3 s']);
});

it('prints the eleventh annotation of a level as a line of the log', () => {
  for (let n = 1; n <= 11; n += 1) runner.annotate({ level: 'warning', message: `w${n}` });
  runner.annotate({ level: 'notice', message: 'n1' });
  expect(lines().slice(9)).toEqual(['::warning::w10', 'warning: w11', '::notice::n1']);
});

it('keeps an annotation below what the runner cuts', () => {
  runner.annotate({ level: 'error', message: 'x'.repeat(10_000) });
  expect(lines()[0]?.length).toBeLessThan(4_096);
});

it('masks a secret line by line', () => {
  runner.setSecret('one\n\ntwo');
  expect(lines()).toEqual(['::add-mask::one', '::add-mask::two']);
});

it.each([
  '::set-env name=PATH::/evil',
  '  ::stop-commands::x',
  'x\n::error::forged',
  'x\r::error::forged',
  'a ##[error]b',
  '\u001b[1m::add-mask::a',
])('never takes text for a command: %j', (text) => {
  const ours = () => commands().filter((line) => !/^::(?:group|endgroup|error|warning|notice|debug)\b/.test(line));
  runner.log.info(text);
  runner.group(text, [text]);
  runner.annotate({ level: 'error', message: text, title: text });
  for (let n = 0; n < 11; n += 1) runner.log.warn(text);
  runner.log.debug(text);
  expect(ours()).toEqual([]);
  expect(lines().filter((line) => line.startsWith('::error'))).toHaveLength(1);
});
