import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/database/client.ts';
import { openDatabases } from '../../src/database/connections.ts';
import { startThrowaway, type Throwaway } from '../../src/database/throwaway.ts';
import { testPorts } from '../support/ports.ts';
import { inSession } from '../support/postgres.ts';

const workspace = process.cwd();

const folders: string[] = [];

/** A temporary folder that a server's own account can reach too: not below one that is ours alone. */
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-open-'));
  folders.push(folder);
  await chmod(folder, 0o755);
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function answers(url: string): Promise<boolean> {
  try {
    const session = await connect(url, { secrets: testPorts().secrets, connectTimeoutMs: 1000 });
    await session.end();
    return true;
  } catch {
    return false;
  }
}

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('a throwaway server of the machine’s own PostgreSQL', () => {
  let folder: string;
  let server: Throwaway;

  beforeAll(async () => {
    folder = await openFolder();
    server = await startThrowaway(testPorts({ temporaryDirectory: folder }), { engine: 'postgresql' });
  });
  afterAll(() => server.stop());

  test('is ready within two seconds and says how long it took', async () => {
    const times = [server.readyMs];
    // Other tests share the machine: the best of three is what the server needs.
    while (Math.min(...times) >= 2000 && times.length < 3) {
      const other = await startThrowaway(testPorts({ temporaryDirectory: await openFolder() }), { engine: 'postgresql' });
      times.push(other.readyMs);
      await other.stop();
    }
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeLessThan(2000);
  });

  test('tells its version as the server does', async () => {
    const { rows } = await inSession(server.url, (session) => session.query('SHOW server_version_num'));
    const major = Math.floor(Number(rows[0]?.['server_version_num']) / 10_000);
    expect(server.version.split('.')[0]).toBe(String(major));
  });

  test('listens on loopback only, and wants its password', async () => {
    const { rows } = await inSession(server.url, (session) => session.query('SHOW listen_addresses'));
    expect(rows[0]?.['listen_addresses']).toBe('127.0.0.1');
    const url = new URL(server.url);
    url.password = 'wrong';
    const options = { secrets: testPorts().secrets };
    await expect(connect(url.href, options)).rejects.toMatchObject({ reason: 'authentication_failed' });
  });

  test.runIf(process.getuid?.() === 0)('does not run as root', async () => {
    const [data = ''] = await readdir(folder);
    expect((await stat(join(folder, data, 'data'))).uid).not.toBe(0);
  });

  test.runIf(process.platform === 'linux')('has its password in no process’s arguments and in no file', async () => {
    const password = new URL(server.url).password;
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(password);
    }
    const [name = ''] = await readdir(folder);
    expect(await readdir(join(folder, name))).not.toContain('password');
  });

  test.runIf(process.platform === 'linux')('gives none of our environment to the server', async () => {
    const secret = 'TOKEN=not-for-the-server';
    const ports = testPorts({
      temporaryDirectory: await openFolder(),
      env: { PATH: process.env['PATH'], TOKEN: 'not-for-the-server' },
    });
    const other = await startThrowaway(ports, { engine: 'postgresql' });
    const port = new URL(other.url).port;
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const started = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (!started.includes(ports.temporaryDirectory)) continue;
      expect(await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''), `process of port ${port}`).not.toContain(secret);
    }
    await other.stop();
  });

  test('is gone with its data when it is stopped', async () => {
    const own = await openFolder();
    const other = await startThrowaway(testPorts({ temporaryDirectory: own }), { engine: 'postgresql' });
    expect(await answers(other.url)).toBe(true);
    expect(await readdir(own)).toHaveLength(1);
    await other.stop();
    expect(await answers(other.url)).toBe(false);
    expect(await readdir(own)).toEqual([]);
  });

  test('leaves nothing behind when the run is cancelled while it starts', async () => {
    const own = await openFolder();
    const cancel = new AbortController();
    const starting = startThrowaway(testPorts({ temporaryDirectory: own, signal: cancel.signal }), { engine: 'postgresql' });
    const failing = expect(starting).rejects.toThrow('cancelled');
    expect(await eventually(async () => (await readdir(own)).length === 1)).toBe(true);
    cancel.abort(new Error('cancelled'));
    await failing;
    expect(await readdir(own)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('when the process that started it is killed', () => {
  const compiled = join(workspace, '.tmp', `crash-${process.pid}`);

  // A process of its own, since this one must live on; Node 20 runs no TypeScript.
  beforeAll(async () => {
    await mkdir(compiled, { recursive: true });
    const options = ['--ignoreConfig', '--outDir', compiled, '--rootDir', '.', '--module', 'nodenext', '--target', 'es2023'];
    const more = ['--lib', 'es2023', '--types', 'node', '--skipLibCheck', '--rewriteRelativeImportExtensions'];
    const tsc = join(workspace, 'node_modules', 'typescript', 'bin', 'tsc');
    const files = ['src/database/throwaway.ts', 'test/support/ports.ts'];
    await promisify(execFile)(process.execPath, [tsc, ...options, ...more, ...files], { cwd: workspace });
  });
  afterAll(() => rm(compiled, { recursive: true, force: true }));

  function start(folder: string): ChildProcess {
    const script = `
      const { startThrowaway } = await import(${JSON.stringify(pathToFileURL(join(compiled, 'src/database/throwaway.js')).href)});
      const { testPorts } = await import(${JSON.stringify(pathToFileURL(join(compiled, 'test/support/ports.js')).href)});
      const { url } = await startThrowaway(testPorts({ temporaryDirectory: ${JSON.stringify(folder)} }), { engine: 'postgresql' });
      console.log(url);
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  test('the server stops and its data is removed', async () => {
    const folder = await openFolder();
    const child = start(folder);
    const url = await new Promise<string>((resolve) =>
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    expect(await answers(url)).toBe(true);
    child.kill('SIGKILL');
    expect(await eventually(async () => !(await answers(url)))).toBe(true);
    expect(await eventually(async () => (await readdir(folder)).length === 0)).toBe(true);
  });

  test('nothing is left either when that was while it was being made', async () => {
    const folder = await openFolder();
    const child = start(folder);
    const made = async (): Promise<boolean> => {
      const [name] = await readdir(folder);
      return name !== undefined && (await readdir(join(folder, name))).includes('data');
    };
    expect(await eventually(made)).toBe(true);
    child.kill('SIGKILL');
    expect(await eventually(async () => (await readdir(folder)).length === 0)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('when the machine has no PostgreSQL', () => {
  test('PGlite of the workspace is taken, and gone after stop', async () => {
    const server = await startThrowaway(testPorts({ directory: workspace }), { engine: 'pglite' });
    expect(server).toMatchObject({ engine: 'pglite' });
    const rows = await inSession(server.url, async (session) => {
      await session.run('CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)');
      return (await session.query('SELECT count(*)::int AS n FROM notes')).rows;
    });
    expect(rows).toEqual([{ n: 1 }]);
    await server.stop();
    expect(await answers(server.url)).toBe(false);
  });
});

describe('the plan’s databases', () => {
  test('start a throwaway server when it is first asked for, and one only', async () => {
    const ports = testPorts();
    const databases = openDatabases({ main: { kind: 'throwaway' } }, ports);
    expect(databases.throwaways()).toEqual([]);
    const [first, second] = await Promise.all([databases.url('main'), databases.url('main')]);
    expect(second).toBe(first);
    expect(databases.throwaways()).toMatchObject([{ name: 'main', engine: 'postgresql' }]);
    expect(ports.secrets.mask(`connecting to ${first}`)).toContain('postgres:***@127.0.0.1');
    await databases.stop();
    expect(await answers(first)).toBe(false);
    await expect(databases.url('main')).rejects.toMatchObject({ reason: 'cancelled' });
  });

  test('hand on the URL of one that exists, and a URL itself, and hide its password', async () => {
    const ports = testPorts();
    const databases = openDatabases({ main: { kind: 'url', url: 'postgresql://app:s3cretpassword@db/app' } }, ports);
    expect(await databases.url('main')).toBe('postgresql://app:s3cretpassword@db/app');
    expect(await databases.url('postgresql://db/other')).toBe('postgresql://db/other');
    expect(ports.secrets.mask('it was s3cretpassword')).toBe('it was ***');
  });

  test('know no others', async () => {
    const databases = openDatabases({ main: { kind: 'throwaway' } }, testPorts());
    await expect(databases.url('mian')).rejects.toThrow('the plan has main');
    await expect(databases.url('toString')).rejects.toMatchObject({ reason: 'not_found' });
  });
});
