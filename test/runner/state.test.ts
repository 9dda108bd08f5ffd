import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type OpenState, readState, stateFile } from '../../src/runner/state.ts';
import { temporaryFolder } from '../support/ports.ts';

const STATE: OpenState = {
  owner: 'acme',
  repo: 'shop.js',
  sha: 'a'.repeat(40),
  phase: 'migrate',
  externalId: 'holdpoint:migrate:1:1:deploy:0a1b2c3d',
};

it("is kept in the runner's folder, else in the system's", () => {
  const folder = temporaryFolder();
  expect(dirname(stateFile({ RUNNER_TEMP: folder }, 'migrate').path)).toBe(folder);
  expect(dirname(stateFile({}, 'migrate').path)).toBe(tmpdir());
});

it('is another file for each gate', () => {
  const env = { RUNNER_TEMP: temporaryFolder() };
  expect(stateFile(env, 'migrate').path).not.toBe(stateFile(env, 'migrate').path);
});

it('is read as it was written, the newest of several', async () => {
  const folder = join(temporaryFolder(), 'not-there-yet');
  const file = stateFile({ RUNNER_TEMP: folder }, 'migrate');
  const writes = ['a', 'b', 'c'].map((externalId) => file.write({ ...STATE, externalId }));
  await Promise.all(writes);
  expect(await readState(file.path)).toEqual({ ...STATE, externalId: 'c' });
  expect(readdirSync(folder)).toHaveLength(1);
});

it('is gone when everything was closed, whatever was written just before', async () => {
  const file = stateFile({ RUNNER_TEMP: temporaryFolder() }, 'migrate');
  void file.write(STATE);
  await file.clear();
  expect(await readState(file.path)).toBeUndefined();
  await file.clear();
});

it.each([
  '',
  'null',
  '[]',
  '{"owner":',
  JSON.stringify({ ...STATE, sha: 'main' }),
  JSON.stringify({ ...STATE, owner: '..' }),
  JSON.stringify({ ...STATE, phase: 'deploy' }),
  JSON.stringify({ ...STATE, externalId: 7 }),
  JSON.stringify({ ...STATE, externalId: '' }),
])('is nothing when it is not one of ours: %s', async (text) => {
  const path = join(temporaryFolder(), 'state.json');
  writeFileSync(path, text);
  expect(await readState(path)).toBeUndefined();
});

it('holds no more than what it is given', async () => {
  const file = stateFile({ RUNNER_TEMP: temporaryFolder() }, 'migrate');
  await file.write(STATE);
  expect(JSON.parse(readFileSync(file.path, 'utf8'))).toEqual(STATE);
});
