import { paging } from '../request-shapes.ts';
import { notFound, restricted } from '../errors.ts';
import { paged } from '../paging.ts';
import { renderUser } from '../render-user.ts';
import { type Call, expectQuery, type Routes } from './call.ts';

function expectAllowed({ world }: Call): void {
  if (!world.capabilities.has('read users')) throw restricted();
}

function oneUser(call: Call, id: string) {
  const user = call.world.state.users[id];
  if (!user) throw notFound('user', id);
  return renderUser(call.world, user);
}

export const users: Routes = {
  'GET /v1/users/me': (call) => oneUser(call, call.by),
  'GET /v1/users/:user_id': (call) => {
    expectAllowed(call);
    return oneUser(call, call.path['user_id'] ?? '');
  },
  'GET /v1/users': (call) => {
    expectAllowed(call);
    expectQuery(call, {}, paging);
    const { start_cursor, page_size } = call.query;
    const all = Object.values(call.world.state.users);
    return paged(
      'user',
      all.map((user) => ({ id: user.id, shown: () => renderUser(call.world, user) })),
      {
        ...{ list: 'users', start_cursor, page_size },
      },
    );
  },
};
