/** A migration with most of what one can hold. */
export const flagship = `version: 1
name: user-preferences
operations:
  - extract_json:
      table: users
      column: preferences
      into:
        - table: user_preferences
          columns:
            theme: { type: text, from: theme, default: system }
            language: { type: text, from: language, index: true }
        - table: notification_preferences
          columns:
            email: { type: boolean, from: notifications.email, default: true, not_null: true }
            digest: { type: text, from: [notifications, digest], check: "digest in ('daily','weekly','never')" }
      remainder: { table: user_preferences, column: other }
`;

export const rename = `version: 1
name: rename
operations: [{ rename_column: { table: users, from: name, to: full_name } }]
`;

/** Every kind of field once, as data. */
export const sample = {
  version: 1,
  name: 'sample',
  description: 'why',
  after: ['other', 'price/end-as'],
  spec: 'spec.md',
  gates: { soak: '24h', backup: true },
  backfill: { workers: 4, chunk_ms: 100, max_rows_per_second: null, fire_triggers: false },
  operations: [
    { rename_column: { table: 'app.users', from: 'a', to: 'b' } },
    { change_column_type: { table: { name: 'x.y' }, column: 'c', type: 'bigint', up: 'c', down: 'c', end_as: 'c' } },
    {
      extract_json: {
        table: 'users',
        column: 'p',
        key: { id: 'user_id' },
        into: [
          { table: 'q', columns: { k: { type: 'text', from: ['k', 'l'], default: { sql: 'now()' }, index: true } } },
        ],
        remainder: 'drop',
        foreign_key: { on_delete: 'cascade' },
      },
    },
  ],
};

type Path = readonly (string | number)[];

/** The path of every part of a value, the value itself first. */
export const parts = (value: unknown, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, v]) => parts(v, [...path, Array.isArray(value) ? Number(key) : key]))
    : []),
];

/** A copy with one part changed. */
export function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((v: unknown, i) => (i === key ? replaced(v, rest, by) : v));
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([k, v]: [string, unknown]) => [k, k === key ? replaced(v, rest, by) : v]));
}
