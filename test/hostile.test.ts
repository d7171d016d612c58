import { parse } from 'libpg-query';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planMigration } from '../src/app/plan-migration.ts';
import { status } from '../src/app/status.ts';
import { renderPlanMarkdown } from '../src/report/render-plan-markdown.ts';
import { renderPlanSql } from '../src/report/render-plan-sql.ts';
import { renderPlanText } from '../src/report/render-plan-text.ts';
import { renderStatus } from '../src/report/render-status.ts';
import { renderVerify } from '../src/report/render-verify.ts';
import { ident, inline, sql } from '../src/sql/sql.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';

// Whatever a migration and its rows hold is data: it ends no statement, no comment and no line.

const attack = 'DROP TABLE victim';
const hostile = [
  `a'; ${attack}; --`,
  `a"; ${attack}; --`,
  `*/ ${attack}; /*`,
  `x\n${attack};\n--`,
  `$lockkeeper$; ${attack}; $lockkeeper$`,
  `$$ ${attack} $$`,
  `$body$ END; ${attack}; $leaf$`,
  `\\'; ${attack}; --`,
  `%I %s %L $1 {x}`,
  `""."@leaf@"`,
  '🚢`|<b>\u202e',
  'é'.repeat(31),
];

const quoted = (name: string) => inline(ident(name));
const literal = (value: string) => inline(sql`${value}`);

async function fileOf(operation: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'lockkeeper-hostile-')), 'hostile.yaml');
  await writeFile(file, stringify({ version: 1, name: 'hostile', operations: [operation] }));
  return file;
}

const expectUnharmed = async (db: TestDatabase) => {
  expect(await db.rows('SELECT * FROM public.victim')).toEqual([{ safe: true }]);
};

/** Statements of the plan as PostgreSQL reads them: nothing but what we wrote. */
async function expectNoAttackIn(text: string): Promise<void> {
  const { stmts = [] } = (await parse(text)) as { stmts?: readonly { stmt: Record<string, unknown> }[] };
  for (const { stmt } of stmts) {
    const drop = stmt['DropStmt'] as { removeType?: string; objects?: unknown } | undefined;
    expect(drop && JSON.stringify(drop).includes('"victim"'), JSON.stringify(drop)).toBeFalsy();
  }
}

describe.each(hostile.map((name) => ({ name })))('$name', ({ name }) => {
  const short = Array.from(name).slice(0, 20).join('');

  it('as every name and value of extract_json', async () => {
    const [schema, table] = [quoted(name), `${quoted(name)}.${quoted(name)}`];
    const fresh = { schema: name, name: `${short} new` };
    const operation = {
      extract_json: {
        table: { schema: name, name },
        column: `${short} doc`,
        key: { [name]: `${short} key` },
        into: [
          {
            table: fresh,
            columns: {
              [`${short} a`]: {
                type: 'text',
                from: [name, name],
                default: name,
                check: `${quoted(`${short} a`)} <> ${literal(`${name}!`)}`,
                index: true,
              },
              [`${short} b`]: { type: 'integer', from: [`${name} b`] },
            },
          },
        ],
        remainder: { table: fresh, column: `${short} rest` },
      },
    };
    const doc = (a: string) =>
      `jsonb_build_object(${literal(name)}, jsonb_build_object(${literal(name)}, ${literal(a)}::text), ${literal(`${name} b`)}, 1, ${literal(`${name} z`)}, ${literal(name)}::text)`;
    const before = `
      CREATE TABLE public.victim AS SELECT true AS safe;
      CREATE SCHEMA ${schema};
      CREATE TABLE ${table} (${quoted(name)} text PRIMARY KEY, ${quoted(`${short} doc`)} jsonb);
      INSERT INTO ${table} VALUES (${literal(name)}, ${doc(name)}), ('misfit', jsonb_build_object(${literal(`${name} b`)}, ${literal(name)}::text)), ('bad', jsonb_build_object(${literal(name)}, jsonb_build_object(${literal(name)}, ${literal(`${name}!`)}::text)))`;
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, await fileOf(operation));
      const plan = await planMigration(m.deps, { migration: await fileOf(operation) });
      for (const text of [renderPlanText(plan), renderPlanMarkdown(plan, null)])
        expect(text.split('\n').filter((line) => line.startsWith(attack))).toEqual([]);
      await expectNoAttackIn(renderPlanSql(plan));
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      await m.to('switch');
      expect((await m.verify()).mappings).toMatchObject([{ ok: true, quarantined: 2 }]);
      const target = inline(sql`${ident(name)}.${ident(fresh.name)}`);
      await db.run(`UPDATE ${table} SET ${quoted(`${short} doc`)} = ${doc(`${name}?`)} WHERE ${quoted(name)} = ${literal(name)};
        UPDATE ${target} SET ${quoted(`${short} a`)} = ${literal(`${name}.`)} WHERE ${quoted(`${short} key`)} = 'misfit'`);
      expect(
        await db.rows(
          `SELECT ${quoted(`${short} a`)} AS a, ${quoted(`${short} rest`)} AS rest FROM ${target} WHERE ${quoted(`${short} key`)} = ${literal(name)}`,
        ),
      ).toEqual([{ a: `${name}?`, rest: { [`${name} z`]: name } }]);
      expect(
        await db.rows(`SELECT ${quoted(`${short} doc`)} AS doc FROM ${table} WHERE ${quoted(name)} = 'misfit'`),
      ).toEqual([{ doc: { [name]: { [name]: `${name}.` }, [`${name} b`]: name } }]);
      for (const text of [renderStatus(await status(m.deps, {})), renderVerify(await m.verify())])
        expect(text.split('\n').filter((line) => line.trim().startsWith(attack))).toEqual([]);
      await m.to('contract');
      await m.back('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
      await expectUnharmed(db);
    });
  });

  it('as every name of change_column_type', async () => {
    const operation = {
      change_column_type: {
        table: { schema: name, name },
        column: name,
        to: `${short} new`,
        type: 'text',
        up: `${quoted(name)} || ${literal(name)}`,
        down: `left(${quoted(`${short} new`)}, -length(${literal(name)}))`,
      },
    };
    const table = `${quoted(name)}.${quoted(name)}`;
    const before = `
      CREATE TABLE public.victim AS SELECT true AS safe;
      CREATE SCHEMA ${quoted(name)};
      CREATE TABLE ${table} (${quoted(`${short} id`)} int PRIMARY KEY, ${quoted(name)} varchar(200) DEFAULT ${literal(name)});
      COMMENT ON COLUMN ${table}.${quoted(name)} IS ${literal(name)};
      CREATE INDEX ${quoted(`${short} i`)} ON ${table} (${quoted(name)});
      INSERT INTO ${table} VALUES (1, ${literal(name)})`;
    await withDatabase(before, async (db) => {
      const migration = await fileOf(operation);
      const m = migrate(db.connect, migration);
      await expectNoAttackIn(renderPlanSql(await planMigration(m.deps, { migration })));
      await m.to('contract');
      expect(await db.rows(`SELECT ${quoted(`${short} new`)} AS new FROM ${table}`)).toEqual([{ new: name + name }]);
      await m.back();
      expect(await db.rows(`SELECT ${quoted(name)} AS old FROM ${table}`)).toEqual([{ old: name }]);
      await expectUnharmed(db);
    });
  });
});

describe('an expression that is more than one expression is refused', () => {
  const before = `CREATE TABLE public.victim AS SELECT true AS safe; CREATE TABLE items (id int PRIMARY KEY, price int, doc jsonb); INSERT INTO items VALUES (1, 1, '{}')`;
  const expressions = [
    `price); ${attack}; --`,
    `price); ${attack}; SELECT (1`,
    `price -- `,
    `price /* `,
    `(SELECT count(*) FROM victim)::int`,
    `price; ${attack}`,
    `price) FROM items; ${attack}; SELECT (1`,
    `CASE WHEN true THEN price END) AS a, (1`,
    `$1`,
    `price UNION SELECT 1`,
    `$lockkeeper$ || price`,
    `length('\u0007') + price`,
  ];
  it.each(expressions)('%s', (expression) =>
    withDatabase(before, async (db) => {
      const operations = [
        {
          change_column_type: {
            table: 'items',
            column: 'price',
            to: 'cents',
            type: 'integer',
            up: expression,
            down: 'cents',
          },
        },
        {
          change_column_type: {
            table: 'items',
            column: 'price',
            to: 'cents',
            type: 'integer',
            up: 'price',
            down: expression.replaceAll('price', 'cents'),
          },
        },
        { create_index: { table: 'items', name: 'i', columns: [{ sql: expression }] } },
        { create_index: { table: 'items', name: 'i', columns: ['id'], where: expression } },
        {
          extract_json: {
            table: 'items',
            column: 'doc',
            into: [{ table: 'docs', columns: { price: { type: 'int', from: 'p', check: expression } } }],
            remainder: 'drop',
          },
        },
        {
          extract_json: {
            table: 'items',
            column: 'doc',
            into: [{ table: 'docs', columns: { price: { type: 'int', from: 'p', default: { sql: expression } } } }],
            remainder: 'drop',
          },
        },
      ];
      for (const operation of operations) {
        const m = migrate(db.connect, await fileOf(operation));
        await expect(m.apply('expand'), JSON.stringify(operation)).rejects.toThrow();
        await expectUnharmed(db);
      }
    }),
  );

  it.each([`int); ${attack}; --`, `int DEFAULT 1; ${attack}`, `int, b int`, `int -- `, `text COLLATE "C"); ${attack}`])(
    'a type that is more than a type: %s',
    (type) =>
      withDatabase(before, async (db) => {
        for (const operation of [
          { change_column_type: { table: 'items', column: 'price', to: 'cents', type } },
          {
            extract_json: {
              table: 'items',
              column: 'doc',
              into: [{ table: 'docs', columns: { price: { type, from: 'p' } } }],
              remainder: 'drop',
            },
          },
        ]) {
          const m = migrate(db.connect, await fileOf(operation));
          await expect(m.apply('expand'), JSON.stringify(operation)).rejects.toThrow();
          await expectUnharmed(db);
        }
      }),
  );
});
