import { notFound, ok, type Reply } from '../reply.ts';
import { type Call, page, param, type Route, user } from '../route.ts';

/** No workflow's own token can have it: an app's or a person's is needed. */
const READ = [{ name: 'members', access: 'read' }] as const;
const PATH = '/orgs/{org}/teams/{team_slug}';

export const teamRoutes: readonly Route[] = [
  {
    operation: `get ${PATH}/members`,
    needs: READ,
    answer: (call) => withTeam(call, (members) => page(call, [...members], (shown) => shown.map(user))),
  },
  {
    operation: `get ${PATH}/memberships/{username}`,
    needs: READ,
    answer: (call) =>
      withTeam(call, (members) => (members.has(param(call, 'username')) ? ok({ role: 'member', state: 'active' }) : notFound())),
  },
];

function withTeam(call: Call, answer: (members: ReadonlySet<string>) => Reply): Reply {
  const members = call.state.teams.get(param(call, 'team_slug'));
  return members === undefined ? notFound() : answer(members);
}
