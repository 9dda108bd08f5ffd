import { ok } from '../reply.ts';
import { page, pageUrl, param, type Route, repositoryUrl, user } from '../route.ts';

export const REPOSITORY_ID = 1;

/** The repository itself and what rules its branches have: both readable by whoever may see the repository. */
export const repositoryRoutes: readonly Route[] = [
  {
    operation: 'get /repos/{owner}/{repo}',
    needs: [],
    answer: (call) => {
      const { state } = call;
      return ok({
        id: REPOSITORY_ID,
        name: state.repo,
        full_name: `${state.owner}/${state.repo}`,
        owner: user(state.owner),
        private: state.private,
        visibility: state.private ? 'private' : 'public',
        default_branch: state.defaultBranch,
        fork: false,
        url: repositoryUrl(call),
        html_url: pageUrl(call, '').replace(/\/$/, ''),
      });
    },
  },
  {
    operation: 'get /repos/{owner}/{repo}/rules/branches/{branch}',
    needs: [],
    // GitHub answers with an empty list for a branch that it does not know.
    answer: (call) => page(call, call.state.rules.get(param(call, 'branch')) ?? [], (shown) => shown),
  },
];
