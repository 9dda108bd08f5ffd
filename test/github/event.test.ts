import { describe, expect, it } from 'vitest';
import { factsOf, readEvent, subjectOf } from '../../src/github/event.ts';

const MERGE = 'm'.repeat(40);
const HEAD = 'a'.repeat(40);
const BASE = 'b'.repeat(40);
const env = (name: string, more: Record<string, string> = {}) => ({
  GITHUB_EVENT_NAME: name,
  GITHUB_SHA: MERGE,
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REF: 'refs/heads/main',
  ...more,
});
const pull = (headRepo: unknown = { full_name: 'acme/shop' }) => ({
  number: 12,
  head: { sha: HEAD, ref: 'faster', repo: headRepo },
  base: { sha: BASE, ref: 'main', repo: { full_name: 'acme/shop' } },
});

describe('the commit that is reported on', () => {
  it.each([
    ['pull_request', { pull_request: pull() }, HEAD],
    ['pull_request_target', { pull_request: pull() }, HEAD],
    ['merge_group', { merge_group: { head_sha: HEAD, base_sha: BASE } }, HEAD],
    ['workflow_run', { workflow_run: { head_sha: HEAD, pull_requests: [] } }, HEAD],
    ['push', { after: HEAD }, HEAD],
    ['push', {}, MERGE],
    ['push', { after: '0'.repeat(40) }, MERGE],
    ['workflow_dispatch', {}, MERGE],
    ['schedule', {}, MERGE],
    ['deployment', { deployment: { sha: HEAD } }, HEAD],
    ['deployment', {}, MERGE],
    ['issue_comment', { issue: { number: 3, pull_request: {} } }, undefined],
    ['pull_request', {}, undefined],
  ])('on %s with %j is %s', (name, payload, sha) => {
    expect(readEvent(payload, env(name)).headSha).toBe(sha);
  });

  it('is the one that the user names, whatever the event says', () => {
    expect(readEvent({ pull_request: pull() }, env('pull_request'), BASE).headSha).toBe(BASE);
    expect(readEvent({}, env('issue_comment'), BASE).headSha).toBe(BASE);
  });
});

describe('a pull request', () => {
  it('tells its number, branches and base', () => {
    expect(readEvent({ pull_request: pull() }, env('pull_request'))).toMatchObject({
      owner: 'acme',
      repository: 'acme/shop',
      pullRequest: 12,
      headRef: 'faster',
      baseRef: 'main',
      baseSha: BASE,
      fork: false,
    });
  });

  it('is from a fork when its head is in another repository, or in one that is gone', () => {
    expect(readEvent({ pull_request: pull({ full_name: 'mallory/shop' }) }, env('pull_request')).fork).toBe(true);
    expect(readEvent({ pull_request: pull(null) }, env('pull_request')).fork).toBe(true);
  });
});

describe('a workflow run', () => {
  it('is of the pull request whose head it ran on', () => {
    const other = { number: 1, head: { sha: BASE }, base: { sha: MERGE, ref: 'other' } };
    const own = { number: 2, head: { sha: HEAD }, base: { sha: BASE, ref: 'main' } };
    const facts = readEvent({ workflow_run: { head_sha: HEAD, pull_requests: [other, own] } }, env('workflow_run'));
    expect(facts).toMatchObject({ headSha: HEAD, pullRequest: 2, baseSha: BASE, baseRef: 'main' });
  });
});

it('reads a merge group without a pull request', () => {
  const group = {
    head_sha: HEAD,
    base_sha: BASE,
    head_ref: 'refs/heads/gh-readonly-queue/main/pr-1',
    base_ref: 'refs/heads/main',
  };
  const facts = readEvent({ merge_group: group }, env('merge_group'));
  expect(facts).toMatchObject({ baseSha: BASE, baseRef: 'main', headRef: 'gh-readonly-queue/main/pr-1' });
  expect(facts).not.toHaveProperty('pullRequest');
});

it('gives the page of this attempt of the run', () => {
  const facts = readEvent(
    {},
    env('push', { GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '2', GITHUB_SERVER_URL: 'https://ghe.test/' }),
  );
  expect(facts.runUrl).toBe('https://ghe.test/acme/shop/actions/runs/77/attempts/2');
});

it('takes a tag for no branch', () => {
  const facts = readEvent({ after: HEAD }, env('push', { GITHUB_REF: 'refs/tags/v1', GITHUB_REF_TYPE: 'tag' }));
  expect(facts).not.toHaveProperty('headRef');
  expect(subjectOf(facts).ref).toBe('refs/tags/v1');
});

it.each([undefined, null, 7, 'text', [], { pull_request: 'no' }, { pull_request: { head: [], base: null, number: '1' } }])(
  'is not thrown off by the payload %j',
  (payload) => {
    expect(readEvent(payload, env('pull_request')).headSha).toBeUndefined();
  },
);

it('knows nothing outside of GitHub, and says so by absence', () => {
  expect(readEvent(undefined, {})).toEqual({ fork: false });
});

it('hands on what a report and the conditions of a plan name', () => {
  const facts = readEvent({ pull_request: pull() }, env('pull_request', { GITHUB_ACTOR: 'ada' }));
  expect(subjectOf(facts)).toEqual({ repository: 'acme/shop', headSha: HEAD, pullRequest: 12, ref: 'faster' });
  expect(factsOf(facts)).toEqual({
    event: 'pull_request',
    branch: 'faster',
    base: 'main',
    ref: 'refs/heads/main',
    actor: 'ada',
    repository: 'acme/shop',
  });
});
