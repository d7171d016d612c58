import type pg from 'pg';
import { convert, insertSelect, targets } from './plain-sql.ts';
import { timed } from './server.ts';

const BATCH = 1000;
const LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9];

const unmigrated = {
  name: 'unmigrated',
  text: `SELECT u.id, u.preferences FROM users u LEFT JOIN user_preferences p ON p.user_id = u.id WHERE p.user_id IS NULL LIMIT ${BATCH}`,
};
const one = {
  preferences: {
    name: 'one_p',
    text: 'INSERT INTO user_preferences (user_id, theme, language, items_per_page, other) VALUES ($1, $2, $3, $4, $5)',
  },
  notifications: {
    name: 'one_n',
    text: 'INSERT INTO notification_preferences (user_id, email, digest) VALUES ($1, $2, $3)',
  },
};
const many = {
  preferences: {
    name: 'many_p',
    text: `INSERT INTO user_preferences (user_id, theme, language, items_per_page, other)
           SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::jsonb[])`,
  },
  notifications: {
    name: 'many_n',
    text: 'INSERT INTO notification_preferences (user_id, email, digest) SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::text[])',
  },
};

export type Style = 'row by row' | 'in batches';

/**
 * The script that everybody writes first: select 1000 rows that are not migrated yet, convert them in Node, insert them, again and
 * again. Finding them takes longer the more are done, so it is measured at five points of its way, and the points are averaged.
 */
export async function scriptRowsPerSecond(
  client: pg.Client,
  rows: number,
  style: Style,
  batches: number,
): Promise<number> {
  let done = 0;
  let ms = 0;
  let filled = 0;
  for (const level of LEVELS) {
    const upTo = Math.floor(level * rows);
    for (const statement of insertSelect(
      `id > ${filled} AND id <= ${upTo} AND NOT EXISTS (SELECT FROM user_preferences p WHERE p.user_id = id)`,
    ))
      await client.query(
        statement.replace('FROM user_preferences p', `FROM ${/^INSERT INTO (\w+)/.exec(statement)?.[1] ?? ''} p`),
      );
    filled = upTo;
    for (const target of targets) await client.query(`VACUUM (ANALYZE) ${target}`);
    for (let batch = 0; batch < batches; batch++)
      ms += await timed(async () => (done += await runBatch(client, style)));
  }
  return (done / ms) * 1000;
}

async function runBatch(client: pg.Client, style: Style): Promise<number> {
  await client.query('BEGIN');
  const { rows } = await client.query<{ id: string; preferences: unknown }>(unmigrated);
  const made = rows.map(({ id, preferences }) => ({ id, ...convert(preferences) }));
  if (style === 'row by row')
    for (const { id, theme, language, items, other, email, digest } of made) {
      await client.query({ ...one.preferences, values: [id, theme, language, items, other] });
      await client.query({ ...one.notifications, values: [id, email, digest] });
    }
  else {
    const column = (key: keyof (typeof made)[number]) => made.map((row) => row[key]);
    const ids = column('id');
    await client.query({
      ...many.preferences,
      values: [ids, column('theme'), column('language'), column('items'), column('other')],
    });
    await client.query({ ...many.notifications, values: [ids, column('email'), column('digest')] });
  }
  await client.query('COMMIT');
  return rows.length;
}
