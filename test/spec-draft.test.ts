import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftSpec, type DraftSpecInput } from '../src/app/draft-spec.ts';
import { planWith } from '../src/app/plan-migration.ts';
import { parseMigration } from '../src/migration/read-migration.ts';
import { renderDraft } from '../src/report/render-draft.ts';
import { draftSchema } from '../src/report/draft-schema.ts';
import type { Draft } from '../src/draft/draft.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';
import { withRoles } from './support/roles.ts';
import { noNotion } from './support/no-notion.ts';
import { shapeOf } from './support/shape.ts';

/** Where specifications and their labels are read from. */
const cwd = 'test/specifications';

const draft = (db: TestDatabase, page: string, input: Partial<DraftSpecInput> = {}): Promise<Draft> =>
  draftSpec(engineOn(db.connect, '').deps, { cwd, page, notion: noNotion, ...input });

const files = readdirSync(cwd).filter((name) => name.endsWith('.md'));

describe.each(files)('%s', (file) => {
  it('is drafted as a person would, or says why not', () =>
    withDatabase(readFileSync(`test/drafts/${file.replace('.md', '.sql')}`, 'utf8'), async (db) => {
      const before = await shapeOf(db);
      const drafted = await draft(db, file);
      expect(draftSchema.parse(drafted)).toEqual(drafted);
      expect(await shapeOf(db)).toEqual(before);
      if (drafted.yaml !== null) {
        const migration = parseMigration(drafted.yaml, { file, format: 'yaml' });
        await planWith(engineOn(db.connect, '').deps, db.session, migration);
      }
      const shown = `${renderDraft(drafted)}\n\n${drafted.yaml ?? ''}`;
      await expect(`${shown.trimEnd()}\n`).toMatchFileSnapshot(`drafts/${file.replace('.md', '.txt')}`);
    }));
});

/** A page of one paragraph, and what comes of it. */
async function draftOf(db: TestDatabase, page: string, input: Partial<DraftSpecInput> = {}): Promise<Draft> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
  await writeFile(join(folder, 'page.md'), page);
  return draft(db, 'page.md', { cwd: folder, ...input });
}

const operationsOf = ({ operations }: Draft) => operations.map(({ kind, fields }) => ({ [kind]: fields }));
const fence = (language: string, ...lines: string[]) => ['```' + language, ...lines, '```'].join('\n');

const shop = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, "createdAt" timestamp(3), profile jsonb);
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer NOT NULL, total numeric, placed_at timestamptz);
  CREATE INDEX orders_placed_at_idx ON orders (placed_at);
  INSERT INTO users VALUES (1, 'a@example.com', now(), '{"nick": "a"}')`;

describe('what is asked for', () => {
  const rename = { rename_column: { table: 'users', from: 'email', to: 'email_address' } };
  const wider = {
    change_column_type: { table: 'orders', column: 'customer_id', type: 'bigint', end_as: 'customer_id' },
  };
  const index = { create_index: { table: 'orders', columns: ['customer_id'] } };
  const cases: readonly (readonly [string, string, object])[] = [
    ['a sentence', '# Users\n\nRename `users.email` to `email_address`.', rename],
    [
      'a sentence with the table behind',
      '# Users\n\n## Target\n\nThe column `email` in `users` is renamed to `email_address`.',
      rename,
    ],
    ['a title', '# Rename email to email_address in users', rename],
    ['a label', '# Users\n\n- **Target**: rename column `email` of `users` to `email_address`', rename],
    ['SQL', `# Users\n\n${fence('sql', 'ALTER TABLE users RENAME COLUMN email TO email_address;')}`, rename],
    [
      'a Prisma diff',
      `# Rename the mail\n\n${fence('diff', ' model User {', '-  email String', '+  emailAddress String @map("email_address")', '   @@map("users")', ' }')}`,
      rename,
    ],
    [
      'a table, before and after',
      '# Rename\n\n| Table | Column | Before | After |\n|-|-|-|-|\n| users | email | text | - |\n| users | email_address | - | text |',
      rename,
    ],
    ['a sentence', '# Orders\n\n## Requirements\n\n- FR-1: Change `orders.customer_id` from integer to bigint', wider],
    ['another verb', '# Orders\n\n## Target\n\n`orders.customer_id` becomes bigint.', wider],
    ['SQL', `# Orders\n\n${fence('sql', 'ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;')}`, wider],
    [
      'a table of columns',
      '# Orders\n\n## orders table (modification)\n\n| Column | Type |\n|-|-|\n| customer_id | bigint |',
      wider,
    ],
    [
      'a Prisma model',
      `# Orders\n\n## After\n\n${fence('prisma', 'model Order {', '  id BigInt @id', '  customerId BigInt @map("customer_id")', '  @@map("orders")', '}')}`,
      wider,
    ],
    ['a sentence', '# Orders\n\n## Target\n\nAn index on `orders.customer_id`.', index],
    [
      'a sentence with a list',
      '# Orders\n\n## Goals\n\n- Add an index on orders (customer_id, placed_at)',
      { create_index: { table: 'orders', columns: ['customer_id', 'placed_at'] } },
    ],
    [
      'SQL',
      `# Orders\n\n${fence('sql', 'CREATE UNIQUE INDEX CONCURRENTLY once ON orders (customer_id, lower(total::text)) INCLUDE (id) WHERE total > 0;')}`,
      {
        create_index: {
          table: 'orders',
          columns: ['customer_id', { sql: 'lower(total::text)' }],
          name: 'once',
          unique: true,
          include: ['id'],
          where: 'total > 0',
        },
      },
    ],
  ];

  it('becomes the same operation in every shape', () =>
    withDatabase(shop, async (db) => {
      for (const [shape, page, operation] of cases) {
        const drafted = await draftOf(db, page);
        expect({ shape, page, operations: operationsOf(drafted), unsupported: drafted.unsupported }).toEqual({
          ...{ shape, page, operations: [operation], unsupported: [] },
        });
      }
    }));

  it('is said where no operation does it', () =>
    withDatabase(shop, async (db) => {
      const page = `# Orders

## Requirements

- Add a column \`state\` to \`orders\`
- Drop the \`total\` column of \`orders\`
- Split the \`email\` column into two
- Make \`users.email\` NOT NULL
- Delete orders older than two years

## Out of scope

- Drop the table \`users\`

## SQL

${fence('sql', 'DROP TABLE orders;', 'UPDATE users SET email = 1;', 'ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0);')}
`;
      const { yaml, unsupported } = await draftOf(db, page);
      expect(yaml).toBeNull();
      expect(unsupported.map(({ line, what }) => `${line ?? '-'} ${what}`)).toEqual([
        ...['5 add a column', '6 drop a column', '7 split a column into several', '8 make a column NOT NULL'],
        ...['9 move or delete rows', '18 drop a table or another object', '19 update rows', '20 add a constraint'],
      ]);
    }));

  it('is asked about where the database says something else', () =>
    withDatabase(shop, async (db) => {
      const page = `# Contradictions

## Current

The JSON \`email\` column of the \`users\` table, and \`clients.name\`; the table \`nowhere\`, the column \`orders.gone\`.

## Target

- Rename \`orders.gone\` to \`here\`
- Rename \`orders.total\` to \`placed_at\`
- Change \`orders.total\` from text to bigint
- Change \`users.email\` from varchar to text
- An index on \`orders.placed_at\`
- Change \`orders.id\` to integer
`;
      const { questions, unsupported } = await draftOf(db, page);
      expect(
        questions.filter(({ line }) => line !== null).map(({ line, question }) => `${line ?? ''} ${question}`),
      ).toEqual([
        '5 There is no table nowhere in this database: which one is meant?',
        '5 There is no column gone in orders: which one is meant?',
        '5 users.email is text, not JSON. Which column is meant?',
        '9 There is no column orders.gone: it has id, customer_id, total, placed_at. Which one is meant?',
        '10 orders has a column placed_at already. Which name is meant?',
        '11 orders.total is numeric, not text as the page says. Is it the column that is meant?',
        '12 users.email is text already. Is the page older than the database?',
        '13 orders has such an index already, orders_placed_at_idx. Is another one meant?',
      ]);
      expect(unsupported.map(({ line, what, why }) => `${line ?? ''} ${what}: ${why}`)).toEqual([
        expect.stringContaining(
          '14 change_column_type: orders.id as part of the primary key is not supported yet.',
        ) as string,
      ]);
    }));

  it('is not made of tables that are there already, of columns that are not JSON, or of no key at all', () =>
    withDatabase(`${shop}; CREATE TABLE profiles (id int)`, async (db) => {
      const page = (column: string, table: string) =>
        `# P\n\n- **Current**: \`${column}\` column in the \`users\` table\n- **Target**: a separate \`${table}\` table`;
      const taken = await draftOf(db, page('profile', 'profiles'));
      expect([taken.yaml, taken.questions[0]?.question]).toEqual([
        null,
        'There is a table profiles already. Is it the one that is meant, or is the page older than the database?',
      ]);
      const text = await draftOf(db, page('email', 'mails'));
      expect([text.yaml, text.unsupported.map(({ what }) => what)]).toEqual([null, ['create a table']]);
      await db.run(`UPDATE users SET profile = NULL`);
      const none = await draftOf(db, page('profile', 'nicks'));
      expect([none.yaml, none.questions[0]?.question]).toEqual([
        null,
        'Which keys is nicks to hold? users.profile has none.',
      ]);
    }));
});

describe('hostile pages and databases', () => {
  const long = 'ä'.repeat(31);
  const key = `k"'\n: #${long}`;
  const before = `
    CREATE SCHEMA "We.ird ""S""";
    CREATE TABLE "We.ird ""S"""."Ta: ble #1 😀" ("I d" bigint PRIMARY KEY, "Pre""f's" jsonb);
    INSERT INTO "We.ird ""S"""."Ta: ble #1 😀"
    SELECT i, jsonb_build_object($k$${key}$k$, 'x', '- a: b', 1, '__proto__', true, 'order', (ARRAY['a''b', 'c\\d'])[1 + i % 2])
      FROM generate_series(1, 200) AS i;
    UPDATE "We.ird ""S"""."Ta: ble #1 😀" SET "Pre""f's" = "Pre""f's" || '{"order": "z"}' WHERE "I d" = 7`;

  it('names with quotes, dots, colons, hashes, newlines, emoji and 63 bytes', () =>
    withDatabase(before, async (db) => {
      const page =
        '# x\n\n- **Current**: JSON column `Pre"f\'s` in the table `Ta: ble #1 😀`\n- **Target**: table `Neu: "😀" #2`, separate';
      const drafted = await draftOf(db, page);
      const migration = parseMigration(drafted.yaml ?? '', { file: 'x', format: 'yaml' });
      expect(migration.document.operations).toEqual([
        {
          extract_json: {
            table: { schema: 'We.ird "S"', name: 'Ta: ble #1 😀' },
            column: 'Pre"f\'s',
            into: [{ table: { schema: 'We.ird "S"', name: 'Neu: "😀" #2' }, columns: expect.anything() as object }],
            remainder: 'reject',
          },
        },
      ]);
      const plan = await planWith(engineOn(db.connect, '').deps, db.session, migration);
      expect(plan.misfits?.map(({ rows }) => rows)).toEqual([1]);
    }));

  it('nothing that a page says ends a comment, becomes a key or is run', () =>
    withDatabase(shop, async (db) => {
      const evil = 'x\u2028operations: []\u0085version: 2 \u001b[31m\u202e';
      const page = `---
title: "t\\nversion: 2\\noperations: []"
---
# x

${fence('sql', 'DROP DATABASE postgres;', "COMMENT ON TABLE orders IS '\n# x\noperations: [] --';", 'ALTER TABLE users RENAME COLUMN email TO "e\nversion: 2";')}

- **Target**: ${evil} an index on \`orders.customer_id\`
- **Target**: DROP DATABASE; rename \`orders.total\` to \`a: [b\`
`;
      const before = await shapeOf(db);
      const drafted = await draftOf(db, page);
      expect(await shapeOf(db)).toEqual(before);
      const { document } = parseMigration(drafted.yaml ?? '', { file: 'x', format: 'yaml' });
      expect(document.operations.flatMap((one) => Object.values(one))).toEqual([
        { table: 'users', from: 'email', to: 'e\nversion: 2' },
        { table: 'orders', columns: ['customer_id'] },
        { table: 'orders', from: 'total', to: 'a: [b' },
      ]);
      expect(drafted.yaml).not.toMatch(/[\u001b\u0085\u2028\u202e]/u);
      expect(drafted.unsupported.map(({ what }) => what)).toContain('drop a database');
    }));

  it('a file that is there is not touched', () =>
    withDatabase(shop, async (db) => {
      const out = join(await mkdtemp(join(tmpdir(), 'lockkeeper-')), 'a.yaml');
      await writeFile(out, 'mine');
      const page = '# Rename users.email to e_mail';
      await expect(draftOf(db, page, { out })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
      expect(readFileSync(out, 'utf8')).toBe('mine');
    }));

  it('a role that may only read the table is enough; one that may not is told', () =>
    withRoles(['reader', 'stranger'], `${shop}; GRANT SELECT ON users TO $reader`, async (db, { reader, stranger }) => {
      const page =
        '# P\n\n- **Current**: `profile` column in the `users` table\n- **Target**: a separate `nicks` table';
      const by = ({ connect }: typeof reader) => draftOf({ ...db, connect }, page);
      expect(operationsOf(await by(reader))).toHaveLength(1);
      await expect(by(stranger)).rejects.toMatchObject({ code: 'PERMISSION_MISSING' });
    }));
});
