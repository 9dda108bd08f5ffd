import { Octokit } from '@octokit/rest';
import { afterEach, expect, it } from 'vitest';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from './server.ts';

const running: FakeGitHub[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((github) => github.stop()));
});

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function start(options: FakeGitHubOptions = {}, auth: string | undefined = 'ghs_test') {
  const github = await startFakeGitHub(options);
  running.push(github);
  const client = new Octokit({ baseUrl: github.url, auth, log: quiet });
  const { owner, repo } = github;
  const sha = github.addCommit({ branch: 'main' });
  return { github, client, here: { owner, repo }, sha };
}

const run = (sha: string) => ({ name: 'holdpoint / pre-deploy', head_sha: sha });
const output = { title: 'Two of three', summary: 'So far so good.' };
const annotation = (line: number) => ({
  path: 'plan.yml',
  start_line: line,
  end_line: line,
  annotation_level: 'failure' as const,
  message: `line ${line}`,
});

it('keeps a check run from its beginning to its end', async () => {
  const { github, client, here, sha } = await start({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
  const { data } = await client.checks.create({ ...here, ...run(sha), status: 'in_progress', external_id: '7', output });
  expect(data).toMatchObject({ status: 'in_progress', conclusion: null, external_id: '7', started_at: '2026-01-02T03:04:05Z' });
  expect(data.html_url).toBe(`${github.url}/acme/shop/runs/${data.id}`);
  expect(data.app?.slug).toBe('github-actions');

  await client.checks.update({ ...here, check_run_id: data.id, conclusion: 'success' });
  const { data: ended } = await client.checks.get({ ...here, check_run_id: data.id });
  expect(ended).toMatchObject({ status: 'completed', conclusion: 'success', completed_at: '2026-01-02T03:04:05Z', output });
  expect(github.checkRunsOf(sha)).toHaveLength(1);
  expect(github.violations).toEqual([]);
});

it('replaces the output of a check run and appends annotations', async () => {
  const { github, client, here, sha } = await start();
  const first = { ...output, text: 'details', annotations: [annotation(1)] };
  const { data } = await client.checks.create({ ...here, ...run(sha), output: first });
  const next = { title: 'Done', summary: 'All', annotations: [annotation(2)] };
  await client.checks.update({ ...here, check_run_id: data.id, output: next });
  const [kept] = github.checkRunsOf(sha);
  expect(kept?.output).toEqual({ title: 'Done', summary: 'All', text: null });
  const { data: listed } = await client.checks.listAnnotations({ ...here, check_run_id: data.id });
  expect(listed.map(({ message }) => message)).toEqual(['line 1', 'line 2']);
});

it('does not reopen a completed check run', async () => {
  const { github, client, here, sha } = await start();
  const { data } = await client.checks.create({ ...here, ...run(sha), status: 'completed', conclusion: 'failure' });
  const again = client.checks.update({ ...here, check_run_id: data.id, status: 'in_progress' });
  await expect(again).rejects.toMatchObject({ status: 422 });
  expect(github.checkRunsOf(sha)[0]?.status).toBe('completed');
  expect(github.violations).toHaveLength(1);
});

it.each([
  ['no output title', { output: { summary: 'S' } }],
  ['51 annotations', { output: { ...output, annotations: Array.from({ length: 51 }, (_, line) => annotation(line + 1)) } }],
  ['a summary of 65,536 bytes in fewer characters', { output: { ...output, summary: 'ü'.repeat(32_768) } }],
  ['completed without a conclusion', { status: 'completed' }],
  ['an unknown status', { status: 'waiting for Godot' }],
  ['a time that is none', { started_at: 'yesterday' }],
  ['columns over several lines', { output: { ...output, annotations: [{ ...annotation(1), end_line: 2, start_column: 1 }] } }],
  ['an unknown commit', { head_sha: 'f'.repeat(40) }],
] satisfies [string, Record<string, unknown>][])('refuses a new check run with %s', async (_, wrong: Record<string, unknown>) => {
  const { github, client, here, sha } = await start();
  const made = client.request('POST /repos/{owner}/{repo}/check-runs', { ...here, ...run(sha), ...wrong });
  await expect(made).rejects.toMatchObject({ status: 422, response: { data: { errors: [expect.anything()] } } });
  expect(github.violations).toHaveLength(1);
  expect(github.state.checkRuns).toEqual([]);
});

it('does what was asked but tells of properties and query parameters that GitHub does not know', async () => {
  const { github, client, here, sha } = await start();
  const body = { ...here, ...run(sha), colour: 'green', output: { ...output, footer: 'F' } };
  await client.request('POST /repos/{owner}/{repo}/check-runs', body);
  await client.request('GET /repos/{owner}/{repo}/pulls', { ...here, colour: 'green' });
  expect(github.checkRunsOf(sha)).toHaveLength(1);
  expect(github.violations).toEqual([
    `POST /repos/acme/shop/check-runs: not in GitHub's description: property "/colour", property "/output/footer"`,
    `GET /repos/acme/shop/pulls: not in GitHub's description: query parameter "colour"`,
  ]);
});

it('lists the newest check run of each name unless all are asked for', async () => {
  const { client, here, sha } = await start();
  for (const name of ['a', 'b', 'a']) await client.checks.create({ ...here, name, head_sha: sha });
  const { data: latest } = await client.checks.listForRef({ ...here, ref: 'main' });
  const { data: all } = await client.checks.listForRef({ ...here, ref: 'heads/main', filter: 'all', check_name: 'a' });
  expect(latest.check_runs.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(all.total_count).toBe(2);
});

it('leaves a check run to the app that made it', async () => {
  const grant = { permissions: { checks: 'write' } } as const;
  const tokens = { ghs_one: grant, ghs_two: { ...grant, app: 'deployer' } };
  const { github, client, here, sha } = await start({ tokens }, 'ghs_one');
  const other = new Octokit({ baseUrl: github.url, auth: 'ghs_two', log: quiet });
  const { data } = await client.checks.create({ ...here, ...run(sha) });
  await expect(other.checks.update({ ...here, check_run_id: data.id, name: 'mine' })).rejects.toMatchObject({ status: 403 });
});

it('combines the newest status of each context', async () => {
  const { github, client, here, sha } = await start();
  const post = (context: string, state: 'pending' | 'success' | 'failure') =>
    client.repos.createCommitStatus({ ...here, sha, context, state });
  await post('a', 'failure');
  await post('a', 'success');
  await post('b', 'pending');
  const { data } = await client.repos.getCombinedStatusForRef({ ...here, ref: sha });
  expect([data.state, data.total_count]).toEqual(['pending', 2]);
  const { data: all } = await client.repos.listCommitStatusesForRef({ ...here, ref: sha });
  expect(all.map(({ state }) => state)).toEqual(['pending', 'success', 'failure']);
  expect(github.statusesOf(sha)).toHaveLength(3);
});

it('refuses a status whose description is longer than 140 characters', async () => {
  const { github, client, here, sha } = await start();
  const post = (length: number) =>
    client.repos.createCommitStatus({ ...here, sha, state: 'success', description: 'ä'.repeat(length) });
  await post(140);
  await expect(post(141)).rejects.toMatchObject({ status: 422 });
  expect(github.violations).toEqual([expect.stringContaining('maximum is 140')]);
});

it('shows pull requests, those from forks too, with their files and reviews', async () => {
  const { github, client, here } = await start();
  const files = [{ filename: 'a.txt', status: 'added' as const }];
  const fork = github.addPull({ title: 'Fix', head: { repo: 'someone/shop', ref: 'fix' }, base: { sha: 'b'.repeat(40) }, files });
  github.addPull({ state: 'closed' });
  github.addReview({ pull: fork.number, user: 'alice', state: 'APPROVED' });
  const { data } = await client.pulls.get({ ...here, pull_number: 1 });
  expect(data).toMatchObject({ title: 'Fix', head: { sha: fork.head.sha, repo: { fork: true } }, base: { sha: 'b'.repeat(40) } });
  const { data: open } = await client.pulls.list({ ...here, head: 'someone:fix' });
  expect(open.map(({ number }) => number)).toEqual([1]);
  const { data: changed } = await client.pulls.listFiles({ ...here, pull_number: 1 });
  expect(changed).toEqual(files);
  const { data: reviews } = await client.pulls.listReviews({ ...here, pull_number: 1 });
  expect(reviews.map(({ user, commit_id }) => [user?.login, commit_id])).toEqual([['alice', fork.head.sha]]);
});

it('gives a file at a ref as base64, raw, or not at all', async () => {
  const { github, client, here, sha } = await start();
  const text = 'título: "ja"\n'.repeat(20);
  github.putFile(sha, '.github/holdpoint.yml', text);
  const other = github.addCommit();
  const file = { ...here, path: '.github/holdpoint.yml' };
  const { data } = await client.repos.getContent({ ...file, ref: sha });
  expect('content' in data && Buffer.from(data.content, 'base64').toString()).toBe(text);
  const raw = await client.repos.getContent({ ...file, mediaType: { format: 'raw' } });
  expect(raw.data).toBe(text);
  const plain = await fetch(`${github.url}/repos/acme/shop/contents/.github/holdpoint.yml`, {
    headers: { authorization: 'Bearer ghs_test', accept: 'application/vnd.github.raw+json' },
  });
  expect(await plain.text()).toBe(text);
  await expect(client.repos.getContent({ ...file, ref: other })).rejects.toMatchObject({ status: 404 });
  const { data: root } = await client.repos.getContent({ ...here, path: '' });
  expect(root).toEqual([expect.objectContaining({ type: 'dir', path: '.github' })]);
  expect(github.log[0]?.path).toBe('/repos/acme/shop/contents/.github/holdpoint.yml');
  expect(github.violations).toEqual([]);
});

it('adds and changes comments on a pull request', async () => {
  const { github, client, here } = await start();
  const { number } = github.addPull();
  const { data } = await client.issues.createComment({ ...here, issue_number: number, body: 'first' });
  await client.issues.updateComment({ ...here, comment_id: data.id, body: 'second' });
  const { data: comments } = await client.issues.listComments({ ...here, issue_number: number });
  expect(comments.map(({ body, user }) => [body, user?.login])).toEqual([['second', 'github-actions[bot]']]);
});

it('makes the deployment before inactive when the next one succeeds', async () => {
  const { github, client, here } = await start();
  const deploy = async () => {
    const { data } = await client.repos.createDeployment({ ...here, ref: 'main', environment: 'staging', auto_merge: false });
    if (!('id' in data)) throw new Error('There is no deployment.');
    await client.repos.createDeploymentStatus({ ...here, deployment_id: data.id, state: 'success' });
    return data.id;
  };
  const first = await deploy();
  await deploy();
  const { data } = await client.repos.listDeploymentStatuses({ ...here, deployment_id: first });
  expect(data.map(({ state }) => state)).toEqual(['inactive', 'success']);
  const { data: deployments } = await client.repos.listDeployments({ ...here, environment: 'staging' });
  expect(deployments).toHaveLength(2);
  expect(github.violations).toEqual([]);
});

it('does not deploy a commit whose checks are not green', async () => {
  const { client, here, sha } = await start();
  await client.checks.create({ ...here, ...run(sha), status: 'in_progress' });
  await expect(client.repos.createDeployment({ ...here, ref: 'main' })).rejects.toMatchObject({ status: 409 });
  const { status } = await client.repos.createDeployment({ ...here, ref: 'main', required_contexts: [] });
  expect(status).toBe(201);
});

it('lists the rules of a branch, whatever its name', async () => {
  const { github, client, here } = await start();
  github.state.rules.set('release/1', [{ type: 'required_status_checks' }]);
  const { data } = await client.repos.getBranchRules({ ...here, branch: 'release/1' });
  expect(data.map(({ type }) => type)).toEqual(['required_status_checks']);
});

it('hands out the bytes of an artifact until it expires', async () => {
  const { github, client, here, sha } = await start();
  const zip = new Uint8Array([0x50, 0x4b, 5, 6, 255]);
  const kept = github.addArtifact({ name: 'baseline', runId: 9, headSha: sha, zip });
  const gone = github.addArtifact({ name: 'baseline', runId: 8, headSha: sha, zip, expired: true });
  const { data } = await client.actions.listArtifactsForRepo({ ...here, name: 'baseline' });
  expect(data.artifacts.map(({ id }) => id)).toEqual([gone.id, kept.id]);
  const ofRun = await client.actions.listWorkflowRunArtifacts({ ...here, run_id: 9 });
  expect(ofRun.data.total_count).toBe(1);
  const download = (id: number) => client.actions.downloadArtifact({ ...here, artifact_id: id, archive_format: 'zip' });
  const { data: bytes } = await download(kept.id);
  expect(bytes instanceof ArrayBuffer && new Uint8Array(bytes)).toEqual(zip);
  await expect(download(gone.id)).rejects.toMatchObject({ status: 410 });
});

it('shows the members of a team to a token that may see them', async () => {
  const { github, client } = await start({ tokens: { ghp_me: { permissions: { members: 'read' } } } }, 'ghp_me');
  github.state.teams.set('owners', new Set(['alice']));
  const team = { org: 'acme', team_slug: 'owners' };
  const { data } = await client.teams.listMembersInOrg(team);
  expect(data.map(({ login }) => login)).toEqual(['alice']);
  const { data: membership } = await client.teams.getMembershipForUserInOrg({ ...team, username: 'alice' });
  expect(membership.state).toBe('active');
  await expect(client.teams.getMembershipForUserInOrg({ ...team, username: 'bob' })).rejects.toMatchObject({ status: 404 });
});

it('walks through pages as Octokit does', async () => {
  const { github, client, here } = await start();
  for (let count = 0; count < 45; count += 1) github.addPull();
  const pulls = await client.paginate(client.pulls.list, { ...here, per_page: 20 });
  expect(new Set(pulls.map(({ number }) => number)).size).toBe(45);
  expect(github.log).toHaveLength(3);
});

it('counts what is left of the hour', async () => {
  const { client, here } = await start();
  const { headers, data } = await client.repos.get(here);
  expect(data.default_branch).toBe('main');
  expect(headers['x-ratelimit-remaining']).toBe('999');
  const { data: limit } = await client.rateLimit.get();
  expect(limit.rate.used).toBe(1);
});

it('refuses what the token has no permission for, and says which one it takes', async () => {
  const tokens = { ghs_reader: { permissions: { checks: 'read' } } } as const;
  const { github, client, here, sha } = await start({ tokens }, 'ghs_reader');
  await expect(client.checks.create({ ...here, ...run(sha) })).rejects.toMatchObject({
    status: 403,
    response: {
      headers: { 'x-accepted-github-permissions': 'checks=write' },
      data: { message: 'Resource not accessible by integration', status: '403' },
    },
  });
  expect((await client.checks.listForRef({ ...here, ref: sha })).data.total_count).toBe(0);
  expect(github.violations).toEqual([]);
});

it('lets no person make check runs', async () => {
  const { client, here, sha } = await start({ tokens: { ghp_me: { permissions: {} } } }, 'ghp_me');
  const made = client.checks.create({ ...here, ...run(sha) });
  await expect(made).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('You must authenticate via a GitHub App.'),
  });
});

it('does not know a wrong token, and shows nothing private without one', async () => {
  const { github, here } = await start();
  const wrong = new Octokit({ baseUrl: github.url, auth: 'ghs_wrong', log: quiet });
  const nobody = new Octokit({ baseUrl: github.url, log: quiet });
  await expect(wrong.repos.get(here)).rejects.toMatchObject({ status: 401, response: { data: { message: 'Bad credentials' } } });
  await expect(nobody.repos.get(here)).rejects.toMatchObject({ status: 404 });
  github.state.private = false;
  expect((await nobody.repos.get(here)).status).toBe(200);
});

it('tells of a route that it does not have', async () => {
  const { github, client, here } = await start();
  await expect(client.issues.listLabelsForRepo(here)).rejects.toMatchObject({ status: 404 });
  expect(github.violations).toEqual(['no such route: GET /repos/acme/shop/labels']);
  expect(github.describeLog()).toContain('404 GET /repos/acme/shop/labels');
});

it('lets requests fail in the order of the queue, then works again', async () => {
  const { github, client, here } = await start();
  github.faults.push(
    { path: '/repos/acme/shop', status: 429, headers: { 'retry-after': '1' }, times: 2 },
    { method: 'get', path: /shop$/, status: 502, body: { message: 'Bad Gateway' } },
    { path: '/repos/acme/shop', reset: true },
  );
  const seen: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    seen.push(
      await client.repos.get(here).then(
        ({ status }) => status,
        ({ status }) => status,
      ),
    );
  }
  expect(seen).toEqual([429, 429, 502, 500, 200]);
  expect(github.log.map(({ status }) => status)).toEqual([429, 429, 502, 0, 200]);
  expect(github.faults).toEqual([]);
  expect(github.violations).toEqual([]);
});

it('can lose an answer after doing what was asked, and can be slow', async () => {
  const { github, client, here, sha } = await start();
  github.faults.push({ method: 'POST', path: 'check-runs', reset: true, afterEffect: true }, { path: 'check-runs', delayMs: 40 });
  await expect(client.checks.create({ ...here, ...run(sha) })).rejects.toThrow();
  expect(github.checkRunsOf(sha)).toHaveLength(1);
  const begun = performance.now();
  await client.checks.listForRef({ ...here, ref: sha });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(35);
});

it('answers text that is no JSON with 400', async () => {
  const { github } = await start();
  const { status } = await fetch(`${github.url}/repos/acme/shop/check-runs`, {
    method: 'POST',
    body: '{"name":',
    headers: { authorization: 'token ghs_test' },
  });
  expect(status).toBe(400);
});

it('has an operation of the description for each route, and a route for each operation', async () => {
  const { loadDescription } = await import('./openapi.ts');
  const { ROUTES } = await import('./router.ts');
  const asked = ROUTES.map(({ operation }) => operation);
  expect(asked.toSorted()).toEqual(loadDescription().operations.toSorted());
});
