import * as z from 'zod';
import { created, failure, notFound, ok, type Reply, unprocessable } from '../reply.ts';
import { type Call, page, pageUrl, param, type Route, readBody, repositoryUrl } from '../route.ts';
import { type CheckAnnotation, type CheckRun, resolveRef } from '../state.ts';

const READ = [{ name: 'checks', access: 'read' }] as const;
const WRITE = [{ name: 'checks', access: 'write' }] as const;
const PATH = '/repos/{owner}/{repo}/check-runs';

export const checkRunRoutes: readonly Route[] = [
  { operation: `post ${PATH}`, needs: WRITE, appOnly: true, answer: create },
  { operation: `get ${PATH}/{check_run_id}`, needs: READ, answer: (call) => withRun(call, (run) => ok(show(call, run))) },
  {
    operation: `patch ${PATH}/{check_run_id}`,
    needs: WRITE,
    appOnly: true,
    answer: (call) => withRun(call, (run) => update(call, run)),
  },
  {
    operation: `get ${PATH}/{check_run_id}/annotations`,
    needs: READ,
    answer: (call) => withRun(call, (run) => page(call, run.annotations, (shown) => shown)),
  },
  { operation: 'get /repos/{owner}/{repo}/commits/{ref}/check-runs', needs: READ, answer: list },
];

const annotationType = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  annotation_level: z.string(),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
  start_column: z.number().nullable().default(null),
  end_column: z.number().nullable().default(null),
});
const bodyType = z.object({
  name: z.string().optional(),
  head_sha: z.string().optional(),
  status: z.string().optional(),
  conclusion: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  external_id: z.string().optional(),
  details_url: z.string().optional(),
  output: z
    .object({
      title: z.string().nullable().default(null),
      summary: z.string(),
      text: z.string().nullable().default(null),
      annotations: z.array(annotationType).default([]),
    })
    .optional(),
});
type Body = z.infer<typeof bodyType>;

const problem = (field: string, message: string): Reply =>
  unprocessable({ resource: 'CheckRun', field, code: 'custom', message });

function withRun(call: Call, answer: (run: CheckRun) => Reply): Reply {
  const id = Number(param(call, 'check_run_id'));
  const run = call.state.checkRuns.find((known) => known.id === id);
  return run === undefined ? notFound() : answer(run);
}

function create(call: Call): Reply {
  const { state, caller } = call;
  const body = readBody(call, bodyType);
  const { name = '', head_sha = '' } = body;
  if (!state.commits.has(head_sha)) return problem('head_sha', `No commit found for SHA: ${head_sha}`);
  const refused = refuse(body, 'queued');
  if (refused !== undefined) return refused;
  const run: CheckRun = {
    id: state.takeId(),
    head_sha,
    app: caller?.app ?? '',
    name,
    status: 'queued',
    conclusion: null,
    started_at: state.timestamp(),
    completed_at: null,
    external_id: null,
    details_url: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
  };
  apply(call, run, body);
  state.checkRuns.push(run);
  return created(show(call, run));
}

function update(call: Call, run: CheckRun): Reply {
  const body = readBody(call, bodyType);
  if (run.app !== call.caller?.app) {
    return failure(
      403,
      `Invalid app_id \`${appId(call.caller?.app ?? '')}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  // GitHub is also said to answer 200 here and to change nothing: refused, so that it is seen.
  if (run.status === 'completed' && body.status !== undefined && body.status !== 'completed') {
    return problem('status', `a completed check run cannot become ${body.status}; create another one`);
  }
  const refused = refuse(body, run.status);
  if (refused !== undefined) return refused;
  apply(call, run, body);
  return ok(show(call, run));
}

const OUTPUT_BYTES = 65_535;

/** What the description does not say, or counts in characters where GitHub counts bytes. */
function refuse({ status, conclusion, output }: Body, before: string): Reply | undefined {
  if (status === 'completed' && before !== 'completed' && conclusion === undefined) {
    return problem('conclusion', 'must be given when status is "completed"');
  }
  if (conclusion !== undefined && status !== undefined && status !== 'completed') {
    return problem('conclusion', `can only go with status "completed", not "${status}"`);
  }
  if (conclusion === 'stale') return problem('conclusion', 'only GitHub can set "stale"');
  for (const field of ['summary', 'text'] as const) {
    const bytes = Buffer.byteLength(output?.[field] ?? '');
    if (bytes > OUTPUT_BYTES) return problem(`output/${field}`, `has ${bytes} bytes; only 65535 are allowed`);
  }
  const twisted = output?.annotations.find((annotation) => !sound(annotation));
  if (twisted !== undefined) {
    return problem('output/annotations', `lines or columns of the annotation of ${twisted.path} are out of order`);
  }
  return undefined;
}

/** Columns say something only within one line. */
function sound({ start_line, end_line, start_column, end_column }: CheckAnnotation): boolean {
  if (start_line < 0 || end_line < start_line) return false;
  return start_line === end_line || (start_column === null && end_column === null);
}

function apply({ state }: Call, run: CheckRun, body: Body): void {
  run.name = body.name ?? run.name;
  run.status = body.conclusion === undefined ? (body.status ?? run.status) : 'completed';
  run.conclusion = body.conclusion ?? run.conclusion;
  run.started_at = body.started_at ?? run.started_at;
  run.completed_at = body.completed_at ?? run.completed_at ?? (run.status === 'completed' ? state.timestamp() : null);
  run.external_id = body.external_id ?? run.external_id;
  run.details_url = body.details_url ?? run.details_url;
  if (body.output === undefined) return;
  const { annotations, ...output } = body.output;
  run.output = output;
  run.annotations.push(...annotations);
}

function list(call: Call): Reply {
  const { state, query } = call;
  const sha = resolveRef(state, param(call, 'ref'));
  if (sha === undefined) return failure(422, `No commit found for SHA: ${param(call, 'ref')}`);
  const wanted = (key: string, value: string) => !query.has(key) || query.get(key) === value;
  const newestFirst = state.checkRuns.filter((run) => run.head_sha === sha).reverse();
  const latest = newestFirst.filter(
    (run, index) => newestFirst.findIndex(({ name, app }) => name === run.name && app === run.app) === index,
  );
  const runs = (query.get('filter') === 'all' ? newestFirst : latest).filter(
    (run) => wanted('check_name', run.name) && wanted('status', run.status) && wanted('app_id', String(appId(run.app))),
  );
  return page(call, runs, (shown) => ({ total_count: runs.length, check_runs: shown.map((run) => show(call, run)) }));
}

/** That of GitHub Actions is the real one; any other app gets a number of its own. */
function appId(slug: string): number {
  if (slug === 'github-actions') return 15_368;
  return [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_000, 7) + 1_000_000;
}

function show(call: Call, run: CheckRun) {
  const { annotations, app, ...shown } = run;
  const url = `${repositoryUrl(call)}/check-runs/${run.id}`;
  const suite = appId(app) * 1_000 + [...call.state.commits].indexOf(run.head_sha);
  return {
    ...shown,
    node_id: `CR_${Buffer.from(String(run.id)).toString('base64url')}`,
    url,
    html_url: pageUrl(call, `runs/${run.id}`),
    details_url: run.details_url ?? `https://github.com/apps/${app}`,
    output: { ...run.output, annotations_count: annotations.length, annotations_url: `${url}/annotations` },
    check_suite: { id: suite },
    app: { id: appId(app), slug: app, name: app },
    pull_requests: call.state.pulls
      .filter(({ state, head }) => state === 'open' && head.sha === run.head_sha)
      .map(({ number, head, base }) => ({ number, head: { ref: head.ref, sha: head.sha }, base: { ...base } })),
  };
}
