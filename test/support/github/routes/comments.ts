import * as z from 'zod';
import { created, notFound, ok, type Reply } from '../reply.ts';
import { type Call, page, pageUrl, param, type Route, readBody, repositoryUrl, user } from '../route.ts';
import type { IssueComment } from '../state.ts';

// On a pull request either permission will do.
const READ = [
  { name: 'issues', access: 'read' },
  { name: 'pull-requests', access: 'read' },
] as const;
const WRITE = [
  { name: 'issues', access: 'write' },
  { name: 'pull-requests', access: 'write' },
] as const;
const OF_ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}/comments';

export const commentRoutes: readonly Route[] = [
  {
    operation: `get ${OF_ISSUE}`,
    needs: READ,
    answer: (call) =>
      withIssue(call, (number) => {
        const since = Date.parse(call.query.get('since') ?? '1970-01-01T00:00:00Z');
        const comments = call.state.comments.filter(
          ({ issue, updated_at }) => issue === number && Date.parse(updated_at) >= since,
        );
        return page(call, comments, (shown) => shown.map((comment) => show(call, comment)));
      }),
  },
  { operation: `post ${OF_ISSUE}`, needs: WRITE, answer: (call) => withIssue(call, (number) => create(call, number)) },
  { operation: 'patch /repos/{owner}/{repo}/issues/comments/{comment_id}', needs: WRITE, answer: update },
];

const bodyType = z.object({ body: z.string() });

/** The fake's only issues are pull requests. */
function withIssue(call: Call, answer: (number: number) => Reply): Reply {
  const number = Number(param(call, 'issue_number'));
  return call.state.pulls.some((pull) => pull.number === number) ? answer(number) : notFound();
}

function create(call: Call, issue: number): Reply {
  const { state, caller } = call;
  const at = state.timestamp();
  const { body } = readBody(call, bodyType);
  const comment = { id: state.takeId(), issue, user: caller?.login ?? 'ghost', body, created_at: at, updated_at: at };
  state.comments.push(comment);
  return created(show(call, comment));
}

function update(call: Call): Reply {
  const id = Number(param(call, 'comment_id'));
  const comment = call.state.comments.find((known) => known.id === id);
  if (comment === undefined) return notFound();
  comment.body = readBody(call, bodyType).body;
  comment.updated_at = call.state.timestamp();
  return ok(show(call, comment));
}

function show(call: Call, { issue, ...comment }: IssueComment) {
  return {
    ...comment,
    user: user(comment.user),
    url: `${repositoryUrl(call)}/issues/comments/${comment.id}`,
    html_url: pageUrl(call, `pull/${issue}#issuecomment-${comment.id}`),
  };
}
