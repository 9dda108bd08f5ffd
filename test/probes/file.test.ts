import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { file } from '../../src/probes/file.ts';
import { findFiles } from '../../src/probes/glob.ts';
import { fakeClock, temporaryFolder } from '../support/ports.ts';
import { measure, plain } from '../support/probe.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const clock = fakeClock(NOW);
let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});

function write(path: string, content = '', hoursOld = 0): void {
  const full = join(directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  const time = (NOW - hoursOld * HOUR) / 1000;
  utimesSync(full, time, time);
}

describe('one file', () => {
  test('is measured by size and age', async () => {
    write('dump.sql', 'hello', 2);
    expect(plain(await measure(file, { path: 'dump.sql' }, { directory, clock }))).toEqual({
      exists: true,
      size: 5,
      age: 7200,
      count: 1,
      name: 'dump.sql',
    });
  });

  test('has its checksum taken only when somebody asks', async () => {
    write('dump.sql', 'hello');
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    const wanted = new Set(['sha256']);
    expect(plain(await measure(file, { path: 'dump.sql' }, { directory, clock, wanted }))['sha256']).toBe(sha256);
    expect(plain(await measure(file, { path: 'dump.sql', checksum: true }, { directory, clock }))['sha256']).toBe(sha256);
  });

  test('that is not there does not exist, and has no size or age that could pass', async () => {
    const measured = plain(await measure(file, { path: 'gone/dump.sql' }, { directory, clock }));
    expect(measured).toEqual({ exists: false, size: Number.NaN, age: Number.NaN, count: 0 });
  });

  test('written in the future has no age: a clock is wrong', async () => {
    write('dump.sql', 'hello', -1);
    expect(plain(await measure(file, { path: 'dump.sql' }, { directory, clock }))['age']).toBeNaN();
  });

  test('that is a folder is unreadable', async () => {
    mkdirSync(join(directory, 'backups'));
    await expect(measure(file, { path: 'backups' }, { directory, clock })).rejects.toMatchObject({ reason: 'unreadable' });
  });
});

describe('a pattern', () => {
  test('has its newest file measured, and the number of all', async () => {
    write('backups/a.sql.gz', 'aaa', 30);
    write('backups/b.sql.gz', 'bb', 1);
    write('backups/notes.txt', 'newer', 0);
    expect(plain(await measure(file, { newest: 'backups/*.sql.gz' }, { directory, clock }))).toMatchObject({
      size: 2,
      age: 3600,
      count: 2,
      name: 'backups/b.sql.gz',
    });
  });

  test('has all files measured together', async () => {
    write('dist/a.js', 'aaa', 3);
    write('dist/b.js', 'bb', 1);
    expect(plain(await measure(file, { glob: 'dist/*.js' }, { directory, clock }))).toMatchObject({
      size: 5,
      age: 3600,
      count: 2,
    });
  });

  test('that matches nothing does not exist', async () => {
    expect(plain(await measure(file, { newest: 'backups/*.gz' }, { directory, clock }))).toMatchObject({
      exists: false,
      count: 0,
    });
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'is an error where a folder may not be read',
    async () => {
      write('backups/a.gz');
      chmodSync(join(directory, 'backups'), 0);
      await expect(measure(file, { newest: 'backups/*.gz' }, { directory, clock })).rejects.toMatchObject({
        reason: 'permission_denied',
      });
      chmodSync(join(directory, 'backups'), 0o755);
    },
  );

  test.each([
    ['*.js', ['a.js']],
    ['**/*.js', ['a.js', 'src/b.js', 'src/deep/c.js']],
    ['src/**', ['src/b.js', 'src/deep/c.js', 'src/x.ts']],
    ['**/deep/*', ['src/deep/c.js']],
    ['src/?.{js,ts}', ['src/b.js', 'src/x.ts']],
    ['{a.js,src/{b,x}.*}', ['a.js', 'src/b.js', 'src/x.ts']],
    ['src/[a-m].js', ['src/b.js']],
    ['src/[!b].*', ['src/x.ts']],
    ['.hidden/*', ['.hidden/d.js']],
    ['file (1)+$.txt', ['file (1)+$.txt']],
    ['f*(1)+$.txt', ['file (1)+$.txt']],
    ['./src//b.js', ['src/b.js']],
    ['{a.js', []],
    ['nowhere/*/x', []],
    ['a.js/*', []],
  ])('%s finds %j', async (pattern, expected) => {
    for (const path of ['a.js', 'src/b.js', 'src/deep/c.js', 'src/x.ts', '.hidden/d.js', 'file (1)+$.txt']) write(path);
    // A loop, which `**` must not walk round, and a link to nowhere.
    symlinkSync(directory, join(directory, 'src', 'loop'));
    symlinkSync(join(directory, 'nothing'), join(directory, 'src', 'broken'));
    const found = await findFiles(pattern, directory);
    expect(found.map((path) => path.slice(directory.length + 1).replaceAll('\\', '/'))).toEqual(expected);
  });

  test('may start at the root of the file system', async () => {
    write('a.js');
    expect(await findFiles(`${directory.replaceAll('\\', '/')}/*.js`, '/nowhere')).toEqual([join(directory, 'a.js')]);
  });
});

test.each([{}, { path: 'a', glob: 'b' }])('the spec %j is refused', (spec) => {
  expect(file.bind(spec)).toHaveProperty('issues');
});
