/** The flagship as plain SQL that a person would write for a maintenance window: the same rows, row for row. */

export const targets = ['user_preferences', 'notification_preferences'];

const keys = `'{theme,language,items_per_page,notifications}'::text[]`;

const values = {
  user_preferences: (p: string) => `
    CASE WHEN ${p} -> 'theme' IS NULL THEN 'system' ELSE ${p} ->> 'theme' END,
    ${p} ->> 'language',
    CASE WHEN pg_input_is_valid(${p} ->> 'items_per_page', 'integer') THEN (${p} ->> 'items_per_page')::integer END,
    CASE WHEN jsonb_typeof(${p}) = 'object' THEN nullif(${p} - ${keys}, '{}') END`,
  notification_preferences: (p: string) => `
    CASE WHEN pg_input_is_valid(${p} -> 'notifications' ->> 'email', 'boolean')
         THEN (${p} -> 'notifications' ->> 'email')::boolean ELSE true END,
    CASE WHEN ${p} -> 'notifications' ->> 'digest' IN ('daily', 'weekly', 'never')
         THEN ${p} -> 'notifications' ->> 'digest' END`,
};

const columns = {
  user_preferences: ['theme', 'language', 'items_per_page', 'other'],
  notification_preferences: ['email', 'digest'],
};

type Target = keyof typeof values;
const both: readonly Target[] = ['user_preferences', 'notification_preferences'];

const insert = (target: Target) => `INSERT INTO ${target} (user_id, ${columns[target].join(', ')})`;

/** The pair of statements, for all rows or a range of keys. */
export const insertSelect = (where = 'true'): readonly string[] =>
  both.map((target) => `${insert(target)} SELECT id, ${values[target]('preferences')} FROM users WHERE ${where}`);

/** Index and foreign keys of one table, as DDL at once. */
export const constrain: readonly (readonly string[])[] = [
  [
    'CREATE INDEX user_preferences_language_idx ON user_preferences (language)',
    'ALTER TABLE user_preferences ADD FOREIGN KEY (user_id) REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE',
    'ANALYZE user_preferences',
  ],
  [
    'ALTER TABLE notification_preferences ADD FOREIGN KEY (user_id) REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE',
    'ANALYZE notification_preferences',
  ],
];

/** The trigger of tools that backfill by touching rows: every write of a source row upserts its new rows. */
export const upsertTrigger = (source: string) => `
  CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN${both
    .map(
      (target) => `
    ${insert(target)} VALUES (NEW.id, ${values[target]('NEW.preferences')})
      ON CONFLICT (user_id) DO UPDATE SET ${columns[target].map((c) => `${c} = EXCLUDED.${c}`).join(', ')};`,
    )
    .join('')}
    RETURN NULL;
  END $$;
  CREATE TRIGGER touched AFTER INSERT OR UPDATE ON ${source} FOR EACH ROW EXECUTE FUNCTION touched()`;

/** The script's own arithmetic, in Node: what becomes of one document. */
export function convert(document: unknown) {
  const fields = asObject(document);
  const { theme, language, items_per_page: items, notifications, ...others } = fields ?? {};
  const { email, digest } = asObject(notifications) ?? {};
  return {
    theme: theme === undefined ? 'system' : theme,
    language: language ?? null,
    items: typeof items === 'number' ? items : null,
    other: Object.keys(others).length ? JSON.stringify(others) : null,
    email: typeof email === 'boolean' ? email : true,
    digest: typeof digest === 'string' && ['daily', 'weekly', 'never'].includes(digest) ? digest : null,
  };
}

const asObject = (value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
