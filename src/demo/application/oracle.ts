import type { Client } from 'pg';
import type { OracleCheck, Shapes } from './application.ts';
import { fromDocument, type Preferences } from './preferences.ts';
import { differences, type Users } from './users.ts';

const BATCH = 1000;

const oldShape = 'SELECT id, preferences FROM users WHERE id = ANY($1)';

const newShape = `
  SELECT u.id, p.theme, p.language, p.items_per_page::text, n.email::text, n.digest
    FROM users u
    JOIN user_preferences p ON p.user_id = u.id
    JOIN notification_preferences n ON n.user_id = u.id
   WHERE u.id = ANY($1)`;

const leftOvers = {
  old: 'SELECT id FROM users WHERE id = ANY($1)',
  new: `SELECT user_id AS id FROM user_preferences WHERE user_id = ANY($1)
        UNION ALL SELECT user_id FROM notification_preferences WHERE user_id = ANY($1)`,
};

/** Compares what was acknowledged with what is there, while the application goes on: users being worked on are left out. */
export async function checkOracle(client: Client, users: Users, shapes: Shapes): Promise<OracleCheck> {
  const found: string[] = [];
  let checked = 0;
  let values = 0;
  const sides = shapes === 'both' ? (['old', 'new'] as const) : [shapes];
  for (const batch of batches(users.touched())) {
    const taken = batch.filter(users.claimThis);
    try {
      for (const side of sides) {
        const there = await readAll(client, side, taken);
        found.push(...taken.flatMap((user) => compare(users, user, there.get(user), side)));
      }
      checked += taken.length;
      values += taken.reduce((sum, user) => sum + Object.keys(users.known(user)).length * sides.length, 0);
    } finally {
      taken.forEach(users.release);
    }
  }
  for (const batch of batches(users.gone())) {
    for (const side of sides) {
      const { rows } = await client.query<{ id: string }>(leftOvers[side], [batch]);
      found.push(...rows.map(({ id }) => `${side} shape: user ${id} was deleted and is there`));
    }
    checked += batch.length;
  }
  return { users: checked, values, differences: found.length, examples: found.slice(0, 10) };
}

async function readAll(client: Client, side: 'old' | 'new', users: readonly number[]) {
  if (side === 'old') {
    const { rows } = await client.query<{ id: string; preferences: unknown }>(oldShape, [users]);
    return new Map(rows.map(({ id, preferences }) => [Number(id), fromDocument(preferences)]));
  }
  const { rows } = await client.query<Preferences & { id: string }>(newShape, [users]);
  return new Map(rows.map((row) => [Number(row.id), row]));
}

function compare(users: Users, user: number, row: Preferences | undefined, side: string): string[] {
  if (!row) return [`${side} shape: user ${user} is missing`];
  return differences(users.known(user), row).map(
    (key) => `${side} shape: user ${user}: ${key} is not what was written`,
  );
}

function* batches(users: readonly number[]): Generator<number[]> {
  for (let i = 0; i < users.length; i += BATCH) yield users.slice(i, i + BATCH);
}
