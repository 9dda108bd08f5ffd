import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, it } from 'vitest';
import { closeLeftOver } from '../../src/github/close.ts';
import type { OpenState } from '../../src/runner/state.ts';
import { type Answer, type Recorded, type RecordingServer, recordingServer } from './recording-server.ts';

const SHA = 'a'.repeat(40);
const STATE: OpenState = {
  owner: 'acme',
  repo: 'shop',
  sha: SHA,
  phase: 'canary',
  externalId: 'holdpoint:canary:7:1:gate',
};
const silent = { info() {}, warn() {}, error() {}, debug() {} };

let server: RecordingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function close(answer: (request: Recorded) => Answer, state: OpenState = STATE): Promise<readonly string[]> {
  server = await recordingServer(answer);
  return closeLeftOver(state, new Octokit({ baseUrl: server.url, log: silent }), 1_700_000_000_000);
}

const github =
  (checkStatus: string, statuses: unknown) =>
  ({ method, path }: Recorded): Answer => {
    if (method !== 'GET') return { status: 200 };
    if (path.includes('/check-runs')) {
      const output = { title: 'Running', summary: '3 of 9', text: 'evidence' };
      const ours = { id: 41, external_id: STATE.externalId, status: checkStatus, output };
      const others = { id: 40, external_id: 'holdpoint:canary:6:1:gate', status: 'in_progress', output };
      return { status: 200, json: { total_count: 2, check_runs: [ours, others] } };
    }
    return { status: 200, json: statuses };
  };
const writes = () => server?.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body);

describe('what a killed gate left', () => {
  it('in progress and pending is ended as cancelled and as an error, and its page keeps what it showed', async () => {
    const pending = { context: 'holdpoint/canary', state: 'pending', target_url: 'https://github.test/runs/41' };
    expect(await close(github('in_progress', [pending]))).toEqual([]);
    expect(writes()).toHaveLength(2);
    expect(writes()).toContainEqual(
      expect.objectContaining({
        status: 'completed',
        conclusion: 'cancelled',
        completed_at: '2023-11-14T22:13:20.000Z',
        output: {
          title: expect.stringMatching(/^Cancelled/),
          summary: expect.stringMatching(/Run the job again\.\n\n3 of 9$/),
          text: 'evidence',
        },
      }),
    );
    expect(writes()).toContainEqual(
      expect.objectContaining({ context: 'holdpoint/canary', state: 'error', target_url: 'https://github.test/runs/41' }),
    );
  });

  it('with a verdict keeps it', async () => {
    const statuses = [
      { context: 'holdpoint/canary', state: 'success' },
      { context: 'holdpoint/canary', state: 'pending' },
      { context: 'holdpoint/migrate', state: 'pending' },
    ];
    expect(await close(github('completed', statuses))).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('beside a completed check run of the same gate, because an answer was late, gets the verdict of that one', async () => {
    const late = { context: 'holdpoint/canary', state: 'pending', target_url: 'https://github.test/run/7' };
    const output = { title: 'All 9 items passed', summary: '9 of 9', text: null };
    const done = {
      id: 42,
      external_id: STATE.externalId,
      status: 'completed',
      conclusion: 'success',
      html_url: 'https://github.test/runs/42',
      output,
    };
    const open = {
      id: 41,
      external_id: STATE.externalId,
      status: 'in_progress',
      output: { title: 'Running', summary: '0 of 9' },
    };
    const given = ({ method, path }: Recorded): Answer => {
      if (method !== 'GET') return { status: 200 };
      return { status: 200, json: path.includes('/check-runs') ? { total_count: 2, check_runs: [open, done] } : [late] };
    };
    expect(await close(given)).toEqual([]);
    expect(writes()).toHaveLength(2);
    expect(writes()).toContainEqual(
      expect.objectContaining({ conclusion: 'success', output: { title: 'All 9 items passed', summary: '9 of 9' } }),
    );
    expect(writes()).toContainEqual(
      expect.objectContaining({ state: 'success', description: 'All 9 items passed', target_url: 'https://github.test/runs/42' }),
    );
  });

  it('before it could post anything has at least no status that could be taken for good', async () => {
    expect(await close(github('completed', []), { ...STATE, externalId: 'holdpoint:canary:8:1:gate' })).toEqual([]);
    expect(writes()).toEqual([expect.objectContaining({ context: 'holdpoint/canary', state: 'error' })]);
  });

  it('that GitHub does not let us close is told, each with its permission', async () => {
    const failures = await close(() => ({ status: 403, json: { message: 'Resource not accessible by integration' } }));
    expect(failures).toEqual([expect.stringContaining('"checks: write"'), expect.stringContaining('"statuses: write"')]);
  });
});
