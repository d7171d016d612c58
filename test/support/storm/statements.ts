import { text, type Fresh, type Statement, type Value } from './shape.ts';

/** What decides how a statement is put. */
type Ways = Pick<Fresh, 'random' | 'merges'>;

/** A table as the application writes it. */
export interface Written {
  readonly table: string;
  readonly types: Readonly<Record<string, string>>;
  readonly key: readonly string[];
}

const list = (columns: readonly string[]) => columns.join(', ');
const typed = (t: Written, row: Readonly<Record<string, Value>>) =>
  list(Object.entries(row).map(([column, value]) => `${text(value)}::${t.types[column] ?? 'text'}`));

/** The ways in which an application adds a row. */
export function insertOne(t: Written, row: Readonly<Record<string, Value>>, ways: Ways): Statement {
  const columns = Object.keys(row);
  const into = `INTO ${t.table} (${list(columns)})`;
  switch (ways.random.upTo(5)) {
    case 0:
      return upsertOne(t, row, ways);
    case 1:
      return {
        sql: `COPY ${t.table} (${list(columns)}) FROM STDIN`,
        data: `${columns.map((c) => copied(row[c])).join('\t')}\n`,
      };
    case 2:
      return { sql: `WITH v AS (SELECT ${typed(t, row)}) INSERT ${into} SELECT * FROM v` };
    default:
      return { sql: `INSERT ${into} VALUES (${list(Object.values(row).map(text))})` };
  }
}

const copied = (value: Value | undefined): string =>
  value === null || value === undefined
    ? '\\N'
    : String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');

export function upsertOne(t: Written, row: Readonly<Record<string, Value>>, ways: Ways): Statement {
  const columns = Object.keys(row);
  const others = columns.filter((c) => !t.key.includes(c));
  if (ways.random.chance(0.5) && ways.merges)
    return {
      sql: `MERGE INTO ${t.table} AS t USING (SELECT ${typed(t, row)}) AS v (${list(columns)}) ON ${t.key.map((k) => `t.${k} = v.${k}`).join(' AND ')}
        WHEN MATCHED THEN UPDATE SET ${list(others.map((c) => `${c} = v.${c}`))}
        WHEN NOT MATCHED THEN INSERT (${list(columns)}) VALUES (${list(columns.map((c) => `v.${c}`))})`,
    };
  return {
    sql: `INSERT INTO ${t.table} (${list(columns)}) VALUES (${list(Object.values(row).map(text))})
      ON CONFLICT (${list(t.key)}) DO UPDATE SET ${list(others.map((c) => `${c} = EXCLUDED.${c}`))}`,
  };
}

/** `set` names columns without their table. */
export function updateOne(table: string, set: string, where: string, { random, merges }: Ways): Statement {
  const way = random.upTo(5);
  if (way === 0)
    return { sql: `WITH u AS (UPDATE ${table} SET ${set} WHERE ${where} RETURNING 1) SELECT count(*) FROM u` };
  if (way === 1 && merges)
    return { sql: `MERGE INTO ${table} AS t USING (SELECT 1) AS one ON ${where} WHEN MATCHED THEN UPDATE SET ${set}` };
  return { sql: `UPDATE ${table} SET ${set} WHERE ${where}` };
}

export function deleteOne(table: string, where: string, { random, merges }: Ways): Statement {
  const way = random.upTo(5);
  if (way === 0) return { sql: `WITH d AS (DELETE FROM ${table} WHERE ${where} RETURNING 1) SELECT count(*) FROM d` };
  if (way === 1 && merges)
    return { sql: `MERGE INTO ${table} AS t USING (SELECT 1) AS one ON ${where} WHEN MATCHED THEN DELETE` };
  return { sql: `DELETE FROM ${table} WHERE ${where}` };
}
