import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { settings } from '../../src/probes/settings.ts';
import { temporaryFolder } from '../support/ports.ts';
import { bound, measure, plain, probeContext } from '../support/probe.ts';

let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});

const write = (name: string, content: string) => writeFileSync(join(directory, name), content);
const read = async (spec: unknown, env = {}) => plain(await measure(settings, spec, { directory, env }));

describe('a dotenv file', () => {
  test('has numbers, flags and texts', async () => {
    write(
      'production.env',
      '# pool\nAPP_DB_POOL_MAX_SIZE=8\nexport DEBUG=false\nTIMEOUT=30s # generous\nNAME="two words"\nEMPTY=\nZIP=01234\n',
    );
    expect(await read({ file: 'production.env' })).toEqual({
      APP_DB_POOL_MAX_SIZE: 8,
      DEBUG: false,
      TIMEOUT: '30s',
      NAME: 'two words',
      EMPTY: '',
      ZIP: '01234',
    });
  });

  test('may have Windows line ends, a byte order mark and values of several lines', async () => {
    write('.env', '\uFEFFA=1\r\nKEY="-----BEGIN\nabc=def\nEND-----"\r\nB=2\r\n');
    expect(await read({ file: '.env' })).toEqual({ A: 1, KEY: '-----BEGIN\nabc=def\nEND-----', B: 2 });
  });

  test('with a line that is no assignment is unreadable, at that line', async () => {
    write('.env.production', 'A=1\n\nB: 2\n');
    await expect(read({ file: '.env.production' })).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining('.env.production:3 is not valid dotenv'),
    });
  });
});

describe('a tree', () => {
  const expected = { 'server.port': 8080, 'server.tls': true, 'hosts[0]': 'a', 'hosts[1]': 'b', 'hosts.length': 2 };

  test.each([
    ['config.yaml', 'server: { port: 8080, tls: true }\nhosts: [a, b]\n'],
    ['config.json', '{"server":{"port":8080,"tls":true},"hosts":["a","b"]}'],
    ['config.toml', 'hosts = ["a", "b"]\n[server]\nport = 8080\ntls = true\n'],
  ])('in %s has its names joined by dots, and its lists by index', async (name, content) => {
    write(name, content);
    expect(await read({ file: name })).toEqual(expected);
  });

  test('has numbers in quotes read as numbers too', async () => {
    write('configmap.yml', 'data:\n  POOL: "8"\n');
    expect(await read({ file: 'configmap.yml' })).toEqual({ 'data.POOL': 8 });
  });

  test.each([
    ['bad.yaml', 'a: 1\nb: [1\nc: 2\n', /bad\.yaml:[234] is not valid yaml/],
    ['twice.yaml', 'a: 1\na: 2\n', /twice\.yaml:2 is not valid yaml/],
    ['bad.json', '{\n  "a": 1,\n  "b": }\n', /bad\.json:3 is not valid json/],
    ['cut.json', '{\n  "a": 1,\n', /cut\.json:\d is not valid json/],
    ['bad.toml', 'a = 1\nb = \n', /bad\.toml:2 is not valid toml/],
  ])('in %s that cannot be read is told with its line', async (name, content, message) => {
    write(name, content);
    await expect(read({ file: name })).rejects.toMatchObject({ reason: 'unreadable', message: expect.stringMatching(message) });
  });
});

describe('sources', () => {
  test('that come later replace what came earlier', async () => {
    write('base.env', 'A=1\nB=1\n');
    write('production.json', '{"B":2,"C":2}');
    const spec = { sources: [{ file: 'base.env' }, { file: 'production.json' }, { env: ['C'] }] };
    expect(await read(spec, { C: '3', D: '4' })).toEqual({ A: 1, B: 2, C: 3 });
  });

  test('of the environment are all of it, or names, also with a star', async () => {
    const env = { APP_A: '1', APP_B: 'yes', OTHER: '2' };
    expect(await read({ env: true }, env)).toEqual({ APP_A: 1, APP_B: 'yes', OTHER: 2 });
    expect(await read({ env: ['APP_*'] }, env)).toEqual({ APP_A: 1, APP_B: 'yes' });
  });

  test('of a file and the environment let the environment win', async () => {
    write('a.txt', 'A=1\nB=1\n');
    expect(await read({ file: 'a.txt', format: 'dotenv', env: ['B'] }, { B: '2' })).toEqual({ A: 1, B: 2 });
  });

  test('that do not exist are told by their name', async () => {
    await expect(read({ file: 'config/missing.env' })).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('config/missing.env'),
    });
  });

  test.each([{}, { file: 'settings.txt' }, { sources: [] }, { sources: [{}] }, { sources: [{ file: 'a.env', env: true }] }])(
    'as %j are refused',
    (spec) => {
      expect(settings.bind(spec)).toHaveProperty('issues');
    },
  );
});

test('a setting that is not there is not measured', async () => {
  write('.env', 'A=1\n');
  expect(await read({ file: '.env' })).not.toHaveProperty('B');
});

test('names that every object has are settings like others', async () => {
  write('odd.json', '{"__proto__":{"polluted":1},"constructor":2}');
  const measured = await measure(settings, { file: 'odd.json' }, { directory, wanted: new Set(['constructor', 'toString']) });
  expect(Object.hasOwn(measured.measurements, 'toString')).toBe(false);
  expect(plain(measured)).toMatchObject({ constructor: 2, '__proto__.polluted': 1 });
  expect(measured.evidence).toHaveLength(1);
});

test('secrets are masked, and only what was asked for is shown', async () => {
  write('.env', 'DB_PASSWORD=hunter22\nDATABASE_URL=postgres://app:open-sesame@db/app\nA=1\nB=2\nserviceApiKey=key-12345\n');
  const context = probeContext({ directory, wanted: new Set(['A', 'DB_PASSWORD', 'MISSING']) });
  const { evidence } = await bound(settings, { file: '.env' }).measure(context);
  expect(evidence).toEqual([
    {
      kind: 'table',
      title: 'Settings',
      columns: ['name', 'value', 'from'],
      rows: [
        ['A', '1', '.env'],
        ['DB_PASSWORD', '***', '.env'],
      ],
    },
  ]);
  expect(context.secrets.mask('hunter22 open-sesame key-12345')).toBe('*** *** ***');
});
