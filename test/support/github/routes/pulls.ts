import * as z from 'zod';
import { notFound, ok, type Reply, unprocessable } from '../reply.ts';
import { type Call, page, pageUrl, param, type Route, readBody, repositoryUrl, user } from '../route.ts';
import type { Pull, Review } from '../state.ts';

const READ = [{ name: 'pull-requests', access: 'read' }] as const;
const PATH = '/repos/{owner}/{repo}/pulls';

export const pullRoutes: readonly Route[] = [
  { operation: `get ${PATH}`, needs: READ, answer: list },
  { operation: `get ${PATH}/{pull_number}`, needs: READ, answer: (call) => withPull(call, (pull) => ok(show(call, pull))) },
  {
    operation: `get ${PATH}/{pull_number}/files`,
    needs: READ,
    answer: (call) => withPull(call, ({ files }) => page(call, files, (shown) => shown)),
  },
  {
    operation: `get ${PATH}/{pull_number}/reviews`,
    needs: READ,
    answer: (call) =>
      withPull(call, ({ number }) => {
        const reviews = call.state.reviews.filter(({ pull }) => pull === number);
        return page(call, reviews, (shown) => shown.map((review) => showReview(call, review)));
      }),
  },
  {
    operation: `post ${PATH}/{pull_number}/reviews`,
    needs: [{ name: 'pull-requests', access: 'write' }],
    answer: (call) => withPull(call, (pull) => review(call, pull)),
  },
];

function withPull(call: Call, answer: (pull: Pull) => Reply): Reply {
  const number = Number(param(call, 'pull_number'));
  const pull = call.state.pulls.find((known) => known.number === number);
  return pull === undefined ? notFound() : answer(pull);
}

function list(call: Call): Reply {
  const { query, state } = call;
  const wanted = query.get('state') ?? 'open';
  const base = query.get('base');
  const head = query.get('head');
  const pulls = state.pulls
    .filter((pull) => wanted === 'all' || pull.state === wanted)
    .filter((pull) => base === null || pull.base.ref === base)
    // GitHub ignores a head without its owner.
    .filter((pull) => !head?.includes(':') || label(call, pull) === head);
  const newestFirst = query.get('direction') !== 'asc';
  return page(call, newestFirst ? pulls.reverse() : pulls, (shown) => shown.map((pull) => show(call, pull)));
}

const label = ({ state }: Call, { head }: Pull): string => `${head.repo?.split('/')[0] ?? state.owner}:${head.ref}`;

function show(call: Call, pull: Pull) {
  const { state } = call;
  const repository = (fullName: string) => ({
    full_name: fullName,
    name: fullName.split('/')[1],
    owner: user(fullName.split('/')[0] ?? ''),
    fork: fullName !== `${state.owner}/${state.repo}`,
    private: state.private,
  });
  return {
    id: 10_000 + pull.number,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.draft,
    merged: pull.merged,
    user: user(pull.user),
    labels: pull.labels.map((name) => ({ name })),
    head: { ...pull.head, label: label(call, pull), repo: pull.head.repo === null ? null : repository(pull.head.repo) },
    base: { ...pull.base, label: `${state.owner}:${pull.base.ref}`, repo: repository(`${state.owner}/${state.repo}`) },
    changed_files: pull.files.length,
    created_at: pull.created_at,
    url: `${repositoryUrl(call)}/pulls/${pull.number}`,
    html_url: pageUrl(call, `pull/${pull.number}`),
  };
}

const reviewType = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
  body: z.string().default(''),
  commit_id: z.string().optional(),
});
const REVIEW_STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

function review(call: Call, pull: Pull): Reply {
  const { event, body, commit_id = pull.head.sha } = readBody(call, reviewType);
  const login = call.caller?.login ?? 'ghost';
  if (event !== undefined && event !== 'APPROVE' && body === '') {
    return unprocessable({
      resource: 'PullRequestReview',
      field: 'body',
      code: 'missing_field',
      message: `${event} needs a body`,
    });
  }
  const made: Review = {
    id: call.state.takeId(),
    pull: pull.number,
    user: login,
    state: event === undefined ? 'PENDING' : REVIEW_STATES[event],
    body,
    commit_id,
    submitted_at: call.state.timestamp(),
  };
  call.state.reviews.push(made);
  return ok(showReview(call, made));
}

function showReview(call: Call, { pull, ...review }: Review) {
  return { ...review, user: user(review.user), html_url: pageUrl(call, `pull/${pull}#pullrequestreview-${review.id}`) };
}
