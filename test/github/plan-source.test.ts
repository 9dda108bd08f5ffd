import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, it } from 'vitest';
import { PlanError } from '../../src/checklist/errors.ts';
import { choosePlan, planAtBase } from '../../src/github/plan-source.ts';
import { type Answer, type Recorded, type RecordingServer, recordingServer } from './recording-server.ts';

const BASE = 'b'.repeat(40);
const FILE = '.github/holdpoint.yml';
const silent = { info() {}, warn() {}, error() {}, debug() {} };

describe('the plan at the base', () => {
  let server: RecordingServer | undefined;
  afterEach(() => server?.close());

  async function read(answer: (request: Recorded) => Answer, file = FILE) {
    server = await recordingServer(answer);
    const client = new Octokit({ baseUrl: server.url, log: silent });
    return planAtBase(client, { owner: 'acme', repo: 'shop' }, BASE, file);
  }

  it('is read raw, at the base commit', async () => {
    expect(await read(() => ({ status: 200, text: 'service: shop\n' }), `./${FILE}`)).toEqual({ text: 'service: shop\n' });
    expect(server?.requests[0]?.path).toMatch(/^\/repos\/acme\/shop\/contents\/\.github(?:\/|%2F)holdpoint\.yml$/);
    expect(server?.requests[0]?.query.get('ref')).toBe(BASE);
    expect(server?.requests[0]?.headers.accept).toContain('raw');
  });

  it('is read from bytes where GitHub names no character set', async () => {
    const answer = { status: 200, text: 'é\n', headers: { 'content-type': 'application/vnd.github.raw' } };
    expect(await read(() => answer)).toEqual({ text: 'é\n' });
  });

  it('is absent when the repository can be read and has no such file', async () => {
    const isFile = ({ path }: Recorded) => path.endsWith('.yml');
    expect(
      await read((request) => (isFile(request) ? { status: 404, json: { message: 'Not Found' } } : { status: 200, json: [] })),
    ).toBe('absent');
  });

  it('is not taken for absent when the token may not see the repository', async () => {
    await expect(read(() => ({ status: 404, json: { message: 'Not Found' } }))).rejects.toThrow(/\(404\).*"contents: read"/);
  });

  it.each([
    [403, 'Resource not accessible by integration', /"contents: read"/],
    [401, 'Bad credentials', /"github-token"/],
    [500, 'Server Error', /GitHub failed \(500\)/],
  ])('that GitHub answers with %i is an error that says what to do', async (status, message, sentence) => {
    await expect(read(() => ({ status, json: { message } }))).rejects.toThrow(sentence);
  });

  it('that is a folder is told as such', async () => {
    await expect(read(() => ({ status: 200, json: [{ name: 'a' }] }))).rejects.toThrow(/is no file there/);
  });
});

describe('a change is judged', () => {
  const base = { text: 'a: 1\n' };
  const head = { text: 'a: 2\n' };
  const plans = { file: FILE, baseSha: BASE, headSha: 'a'.repeat(40) };

  it("by the base's plan, without a word when it leaves the plan alone", () => {
    expect(choosePlan({ ...plans, base, head: { text: 'a: 1\r\n' } })).toEqual({
      text: 'a: 1\n',
      origin: { file: FILE, source: 'base', sha: BASE },
    });
  });

  it("by the base's plan when it changes it, and the reader is told", () => {
    const chosen = choosePlan({ ...plans, base, head });
    expect(chosen.text).toBe('a: 1\n');
    expect(chosen.note).toBe(`This pull request changes ${FILE}; it is judged by the base's.`);
  });

  it("by the base's plan when it removes it", () => {
    expect(choosePlan({ ...plans, base, head: 'absent' })).toMatchObject({
      text: 'a: 1\n',
      note: expect.stringMatching(/removes/),
    });
  });

  it('by its own plan when the base has none, and the reader is told', () => {
    const chosen = choosePlan({ ...plans, base: 'absent', head });
    expect(chosen).toMatchObject({ text: 'a: 2\n', origin: { source: 'head' }, note: expect.stringMatching(/is new/) });
  });

  it('by its own plan where there is no base', () => {
    expect(choosePlan({ ...plans, head })).toMatchObject({ text: 'a: 2\n', origin: { source: 'head' } });
  });

  it('by no plan at all when the base could not be read: never silently by its own', () => {
    const chosen = choosePlan({ ...plans, base: new Error('The plan could not be read: give "contents: read".'), head });
    expect(chosen.text).toBeInstanceOf(PlanError);
    expect(String(chosen.text)).toMatch(/"contents: read".*plan-source: head/);
    expect(chosen.origin.source).toBe('base');
  });

  it('by its own plan when that is what was asked for, and the reader is told', () => {
    expect(choosePlan({ ...plans, base: new Error('no'), head, wanted: 'head' }).text).toBe('a: 2\n');
    expect(choosePlan({ ...plans, base, head, wanted: 'head' }).note).toMatch(/judged by its own/);
  });

  it('by no plan when the base was asked for and there is none', () => {
    expect(String(choosePlan({ ...plans, head, wanted: 'base' }).text)).toMatch(/no base commit/);
  });

  it('by no plan when there is none anywhere', () => {
    expect(String(choosePlan({ ...plans, head: 'absent' }).text)).toMatch(/There is no plan at .*actions\/checkout/);
    expect(choosePlan({ ...plans, base: 'absent', head: 'absent' }).text).toBeInstanceOf(PlanError);
  });
});
