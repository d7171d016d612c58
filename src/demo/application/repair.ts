import type { Client } from 'pg';
import { type MisfitKind, misfitOf } from '../misfits.ts';
import type { Preferences } from './preferences.ts';
import type { Users } from './users.ts';

interface Repair {
  readonly text: string;
  readonly wrote: Partial<Preferences>;
}

const set = (path: string, value: string) =>
  `UPDATE users SET preferences = jsonb_set(preferences, '${path}', '${value}') WHERE id = $1`;

const startOver = `UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = $1`;

const repairs: Readonly<Record<MisfitKind, Repair>> = {
  items_per_page: { text: set('{items_per_page}', '50'), wrote: { items_per_page: '50' } },
  digest: { text: set('{notifications,digest}', '"daily"'), wrote: { digest: 'daily' } },
  email: { text: set('{notifications,email}', 'true'), wrote: { email: 'true' } },
  array: { text: startOver, wrote: { theme: 'dark' } },
  scalar: { text: startOver, wrote: { theme: 'dark' } },
};

/** Mends a seeded document through the old shape, as a person in support would. */
export async function repairDocument(client: Client, users: Users, user: number, rows: number): Promise<boolean> {
  const kind = misfitOf(user, rows);
  if (kind === null || !users.claimThis(user)) return false;
  try {
    const { text, wrote } = repairs[kind];
    const { rowCount } = await client.query(text, [user]);
    users.acknowledge({ user, wrote });
    return rowCount === 1;
  } finally {
    users.release(user);
  }
}
