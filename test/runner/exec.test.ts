import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeExec } from '../../src/runner/exec.ts';
import { temporaryFolder } from '../support/ports.ts';

const exec = nodeExec({ PATH: process.env['PATH'], GREETING: 'hello' });
const bash = (line: string) => ({ file: 'bash', args: ['-c', line] });
const node = (code: string) => ({ file: process.execPath, args: ['-e', code] });
const posix = process.platform !== 'win32';

/** Whether a process still runs; a zombie does not. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await exec({ file: 'ps', args: ['-o', 'stat=', '-p', String(pid)] });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

describe('a program that ends by itself', () => {
  test('gives its exit code and both streams', async () => {
    const result = await exec(node('console.log("out"); console.error("err"); process.exitCode = 3'));
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', timedOut: false });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test('sees the environment it was given and what the request adds, and nothing else', async () => {
    const request = node('console.log(process.env.GREETING, process.env.NAME, process.env.USER)');
    expect((await exec({ ...request, env: { NAME: 'Ada' } })).stdout).toBe('hello Ada undefined\n');
  });

  test('reads its input, and may also leave it unread', async () => {
    const echo = node('process.stdin.pipe(process.stdout)');
    expect((await exec({ ...echo, input: 'ça va' })).stdout).toBe('ça va');
    expect((await exec({ ...node('process.exit(0)'), input: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  test('hands on each line as it arrives, whole characters, the last one also without a line break', async () => {
    const lines: string[] = [];
    const code =
      'const b=Buffer.from("é\\r\\nzwei\\ndrei");process.stdout.write(b.subarray(0,1));setTimeout(()=>process.stdout.write(b.subarray(1)),50)';
    await exec({ ...node(code), onLine: (stream, line) => lines.push(`${stream} ${line}`) });
    expect(lines).toEqual(['stdout é', 'stdout zwei', 'stdout drei']);
  });

  test('has only the end of a long output kept, from a whole character on', async () => {
    const { stdout } = await exec({ ...node('process.stdout.write("é".repeat(100000)+"end")'), keepBytes: 8 });
    expect(stdout).toBe('ééend');
  });
});

describe('a program that cannot start', () => {
  test('is a missing tool when it does not exist', async () => {
    await expect(exec({ file: 'no-such-tool', args: [] })).rejects.toMatchObject({
      reason: 'tool_missing',
      message: expect.stringContaining('no-such-tool is not installed'),
    });
  });

  test('is blamed on the folder when that is what does not exist', async () => {
    await expect(exec({ ...node('0'), cwd: '/no/such/folder' })).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('/no/such/folder'),
    });
  });

  test('is not even tried when the signal is already aborted', async () => {
    await expect(exec({ ...node('0'), signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled');
  });
});

describe.runIf(posix)('a program that must stop', () => {
  test('is stopped at its time limit, with everything that it started', async () => {
    const result = await exec({ ...bash('sleep 60 & echo $!; wait'), timeoutMs: 200 });
    expect(result.timedOut).toBe(true);
    expect(result.exitCode).toBeNull();
    expect(await runs(Number(result.stdout))).toBe(false);
  });

  test('is killed within two seconds when it ignores the polite signal, and so are its children', async () => {
    const before = performance.now();
    const line = `trap '' TERM; bash -c 'trap "" TERM; while true; do sleep 0.1; done' & echo $!; while true; do sleep 0.1; done`;
    const result = await exec({ ...bash(line), timeoutMs: 300 });
    expect(performance.now() - before).toBeLessThan(2300);
    expect(await runs(Number(result.stdout))).toBe(false);
  });

  test('is stopped by the signal, may tidy up, and rejects with the signal’s reason', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const line = `trap 'echo bye > ${join(folder, 'bye')}; exit 0' TERM; echo ready; while true; do sleep 0.05; done`;
    const running = exec({
      ...bash(line),
      signal: stop.signal,
      onLine: (_, text) => text === 'ready' && stop.abort(new Error('cancelled')),
    });
    await expect(running).rejects.toThrow('cancelled');
    expect(existsSync(join(folder, 'bye'))).toBe(true);
  });

  test('does not hold the result back when it left something behind that keeps the output open', async () => {
    const before = performance.now();
    const result = await exec(bash('sleep 5 & echo started'));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'started\n' });
    expect(performance.now() - before).toBeLessThan(3000);
  });
});
