import { expect, it } from 'vitest';
import { knownValue } from '../src/lint/dynamic-sql.ts';
import { quoted } from '../src/lint/names.ts';
import { type TestDatabase, withDatabase } from './support/database.ts';

// What lint says that an expression is, before anything runs, is what PostgreSQL makes of it.

const patterns = [
  ...['%I', '%L', '%s', '%%', '%%%s', '%1$I', '%2$s-%1$L', '%2$s %s', '%1$s %1$s %s', '%3$s', '%0$s', '%', '%d', 'a%'],
  ...['%5s|', '%-5s|', '%05I|', '%1$-8L|', '%--9s|', '%5-s', '%-1$s', '%1$', '%s %s %s', '%10I', '%1$10s', '%i', '%5%'],
];
const values = [
  ...["'a'", "'A b'", "'select'", "'x''y'", String.raw`'a\b'`, "'é😀'", "''", 'NULL', '5', '-7', '1.50', '1e3', 'true'],
  ...["'q'::text", "'long name'::varchar(4)", "'abc'::varchar(5)", "'12'::int", "'012'::int", '5::text', "E'\\n'"],
];

/** What the server says, undefined where it fails. */
async function onServer(db: TestDatabase, expression: string): Promise<string | null | undefined> {
  const rows = await db.rows<{ value: string | null }>(`SELECT (${expression})::text AS value`).catch(() => undefined);
  return rows === undefined ? undefined : (rows[0]?.value ?? null);
}

it('is what the server makes of it', async () => {
  await withDatabase('', async (db) => {
    const wrong: unknown[] = [];
    let known = 0;
    const compare = async (expression: string) => {
      const value = knownValue(expression, new Map());
      if (value === undefined) return;
      known++;
      const server = await onServer(db, expression);
      if (server !== (value?.text ?? null)) wrong.push({ expression, value, server });
    };
    for (const pattern of patterns)
      for (const [i, first] of values.entries())
        for (const second of ['', ", 'b'", `, ${values[(i * 7) % values.length]}`])
          await compare(`format('${pattern}', ${first}${second})`);
    for (const first of values)
      for (const second of values) {
        await compare(`${first} || ${second}`);
        await compare(`quote_literal(${second})`);
        await compare(`quote_ident(${first})`);
      }
    expect(wrong).toEqual([]);
    expect(known).toBeGreaterThan(500);
  });
});

it('quotes names as the server does', async () => {
  await withDatabase('', async (db) => {
    const rows = await db.rows<{ word: string; named: string }>(
      `SELECT word, quote_ident(word) AS named
         FROM (SELECT word FROM pg_get_keywords() WHERE catcode <> 'C'
               UNION VALUES ('a b'), ('A'), ('é'), ('_1'), ('1a'), ('a"b'), ('a$b')) others`,
    );
    expect(rows.filter(({ word, named }) => quoted(word) !== named)).toEqual([]);
    // newer versions have more of these, which are names of tables and columns without quotes too
    const usable = await db.rows<{ word: string }>("SELECT word FROM pg_get_keywords() WHERE catcode = 'C'");
    for (const { word } of usable)
      await db.run(`CREATE TABLE ${quoted(word)} (${quoted(word)} int); DROP TABLE "${word}"`);
  });
});
