import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../src/probes/command.ts';
import { temporaryFolder } from '../support/ports.ts';
import { bound, measure, plain, probeContext } from '../support/probe.ts';

describe('a command', () => {
  test('that fails is measured by its exit code, not an error', async () => {
    const measured = await measure(command, { run: 'echo out; echo err >&2; exit 3' });
    expect(plain(measured)).toMatchObject({ exit_code: 3, stdout: 'out', stderr: 'err', lines: 1 });
    expect(measured.evidence?.[0]).toMatchObject({ text: 'out\nerr' });
  });

  test('fails when one in its middle or in a pipe does', async () => {
    expect(plain(await measure(command, { run: 'false; echo done' }))['exit_code']).toBe(1);
    expect(plain(await measure(command, { run: 'false | cat' }))['exit_code']).toBe(1);
  });

  test('given as a program and arguments has no shell between', async () => {
    const argv = [process.execPath, '-e', 'console.log(process.argv[1])', '$HOME; ls'];
    expect(plain(await measure(command, { argv }))['stdout']).toBe('$HOME; ls');
  });

  test('runs in the folder and with the variables that the plan names', async () => {
    const directory = temporaryFolder();
    mkdirSync(join(directory, 'inner'));
    const spec = { run: 'basename "$PWD"; echo "$NAME"', directory: 'inner', env: { NAME: 'Ada' } };
    expect(plain(await measure(command, spec, { directory }))['stdout']).toBe('inner\nAda');
  });

  test('has its secret variables masked', async () => {
    const context = probeContext();
    await bound(command, { run: 'true', env: { API_TOKEN: 'abc-123-token' } }).measure(context);
    expect(context.secrets.mask('abc-123-token')).toBe('***');
  });

  test('that a signal ended has no exit code that could pass', async () => {
    const { measurements } = await measure(command, { argv: ['bash', '-c', 'kill -9 $$'] });
    expect(measurements['exit_code']).toMatchObject({ value: { amount: Number.NaN }, note: 'stopped by a signal' });
  });
});

describe('its output', () => {
  test.each([
    ['echo 42', 42],
    ['echo true', true],
    ['echo 1.2.3', '1.2.3'],
    ['echo 007', '007'],
    ['printf ""', ''],
  ])('of %j is %j', async (run, output) => {
    expect(plain(await measure(command, { run }))['output']).toBe(output);
  });

  test('is read as JSON by path, however long', async () => {
    const run = `node -e 'console.log(JSON.stringify({ items: Array(30000).fill({ ready: true }), n: 1 }))'`;
    const wanted = new Set(['output.n']);
    expect(plain(await measure(command, { run, output: 'json' }, { wanted }))).toMatchObject({
      'output.items.length': 30_000,
      'output.items[0].ready': true,
      'output.n': 1,
    });
  });

  test('is read as lines, without the blank ones', async () => {
    expect(plain(await measure(command, { run: 'printf "a\\n\\nb\\n"', output: 'lines' }))).toMatchObject({
      lines: 2,
      'output.length': 2,
      'output[1]': 'b',
    });
  });

  test('that should be JSON and is not is a bad response, unless the exit code tells more', async () => {
    await expect(measure(command, { run: 'echo "{"', output: 'json' })).rejects.toMatchObject({ reason: 'bad_response' });
    expect(plain(await measure(command, { run: 'echo "{"; exit 4', output: 'json' }))['exit_code']).toBe(4);
  });
});

describe('no result', () => {
  test('is a missing tool when the program, or a command in the line, does not exist', async () => {
    await expect(measure(command, { argv: ['no-such-tool'] })).rejects.toMatchObject({ reason: 'tool_missing' });
    await expect(measure(command, { run: 'no-such-tool --version' })).rejects.toMatchObject({
      reason: 'tool_missing',
      message: expect.stringContaining('no-such-tool'),
    });
  });

  test('is a timeout when it takes too long, with the last thing it said', async () => {
    await expect(measure(command, { run: 'echo waiting; sleep 30', timeout: '200ms' })).rejects.toMatchObject({
      reason: 'timed_out',
      message: expect.stringContaining('waiting'),
    });
  });
});

test.each([{}, { run: 'a', argv: ['b'] }, { argv: [] }, { run: 'a', timeout: '5 parsecs' }])('the spec %j is refused', (spec) => {
  expect(command.bind(spec)).toHaveProperty('issues');
});
