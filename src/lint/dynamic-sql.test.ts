import { expect, it } from 'vitest';
import { lintSql } from './lint.ts';

/** What is found in a block, with its place. */
const found = (body: string, declared = '') =>
  lintSql(`DO $$ DECLARE ${declared} BEGIN ${body} END $$`, { enable: ['opaque-dynamic-sql'] }).findings.map(
    ({ rule, message }) => `${rule}: ${message}`,
  );

const dropsA = [expect.stringMatching(/^drop-table: .*\ba\b/u)];
const opaque = [expect.stringMatching(/^opaque-dynamic-sql/u)];

it.each<[string, string?]>([
  ["EXECUTE format('DROP TABLE %I', 'a');"],
  ["EXECUTE format('DROP TABLE %I.%I', 'public', 'a');"],
  ["EXECUTE format('DROP %2$s %1$I', 'a', 'TABLE');"],
  ["EXECUTE format('DROP TABLE %s', 'a'::text);"],
  ["EXECUTE 'DROP TABLE ' || 'a';"],
  ["EXECUTE 'DROP TABLE ' || quote_ident('a');"],
  ["EXECUTE pg_catalog.format('DROP TABLE %I', t);", "t CONSTANT text := 'a';"],
  ["EXECUTE format('DROP TABLE %I', t);", "t varchar(9) DEFAULT 'a';"],
  ["t := 'a'; EXECUTE format('DROP TABLE %I', t);", 't name;'],
  ["s := format('DROP TABLE %I', 'a'); IF true THEN EXECUTE s; END IF;", 's text;'],
  ['EXECUTE s;', "t text := 'a'; s text := 'DROP TABLE ' || t;"],
])('judges what is known before it runs: %s', (body, declared) => expect(found(body, declared)).toEqual(dropsA));

it.each<[string, string?]>([
  ["EXECUTE format('DROP TABLE %I', current_user);"],
  ["EXECUTE format('DROP TABLE %I', 'a'::regclass);"],
  ["EXECUTE format('DROP TABLE %I');"],
  ["EXECUTE format('DROP TABLE %I', NULL);"],
  ["EXECUTE format('DROP TABLE a -- %d', 1);"],
  ["EXECUTE format('DROP TABLE a -- %', 1);"],
  ["EXECUTE format('DROP TABLE %*s', 1, 'a');"],
  ["EXECUTE format(VARIADIC ARRAY['DROP TABLE %I', 'a']);"],
  ["EXECUTE other.format('DROP TABLE %I', 'a');"],
  ["EXECUTE (SELECT 'DROP TABLE a');"],
  ["IF now() > '2024-01-01' THEN t := 'b'; END IF; EXECUTE format('DROP TABLE %I', t);", "t text := 'a';"],
  ["IF random() > 0.5 THEN t := 'a'; END IF; EXECUTE format('DROP TABLE %I', t);", 't text;'],
  ["EXECUTE format('DROP TABLE %I', t); t := 'a';", 't text;'],
  ["SELECT 'b' INTO t; EXECUTE format('DROP TABLE %I', t);", "t text := 'a';"],
  ["GET DIAGNOSTICS t = ROW_COUNT; EXECUTE format('DROP TABLE %I', t);", "t text := 'a';"],
  ["FOREACH t IN ARRAY ARRAY['b'] LOOP EXECUTE format('DROP TABLE %I', t); END LOOP;", "t text := 'a';"],
  ["DECLARE t text := 'b'; BEGIN EXECUTE format('DROP TABLE %I', t); END;", "t text := 'a';"],
  ["t[1] := 'a'; EXECUTE format('DROP TABLE %I', t);", 't text;'],
  ["t := 'a'; EXECUTE format('DROP TABLE %I', t); EXCEPTION WHEN others THEN NULL;", 't text;'],
  ["EXECUTE format('DROP TABLE %I', t);", "t varchar(1) := 'ab';"],
])('leaves alone what is not: %s', (body, declared) => expect(found(body, declared)).toEqual(opaque));

it('leaves alone what a procedure may have changed', () => {
  expect(found("CALL p(t); EXECUTE format('DROP TABLE %I', t);", "t text := 'a';")).toEqual(opaque);
});

it('finds it where it is executed', () => {
  const sql = "DO $$ BEGIN\n  EXECUTE format('DROP TABLE %I', 'a');\nEND $$";
  expect(lintSql(sql).findings).toMatchObject([{ line: 2, column: 11, endLine: 2, endColumn: 39 }]);
  const aSameLength = "DO $$ BEGIN EXECUTE format('DROP TABLE%50s', 'a'); END $$";
  expect(lintSql(aSameLength).findings).toMatchObject([{ rule: 'drop-table', line: 1, column: 21, endColumn: 50 }]);
});
