import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { draftSpec } from '../src/app/draft-spec.ts';
import { writeFlagship } from '../src/demo/flagship.ts';
import { seed } from '../src/demo/seed.ts';
import { extractJsonFields } from '../src/operations/extract-json-fields.ts';
import { parseMigration } from '../src/migration/read-migration.ts';
import { parsedExpression } from '../src/draft/parse.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';
import { noNotion } from './support/no-notion.ts';
import { migrate } from './support/example.ts';

// The draft of the flagship, and of the same change in other databases, is what a person wrote by hand.

/** What a migration does, without regard to the order of columns, of tables and of the values of a check. */
function meaning(yaml: string) {
  const { document, gates, backfill } = parseMigration(yaml, { file: 'draft.yaml', format: 'yaml' });
  const operations = document.operations.map(({ extract_json: fields }) => {
    const { into, ...rest } = extractJsonFields.parse(fields);
    return { ...rest, into: Object.fromEntries(into.map(({ table, columns }) => [table.name, columnsOf(columns)])) };
  });
  return { operations, gates, backfill };
}

const columnsOf = (columns: ReturnType<typeof extractJsonFields.parse>['into'][number]['columns']) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { check, ...rest }]) => [name, { ...rest, check: check && values(check) }]),
  );

/** The values of `a in (…)`, sorted. */
const values = (check: string): string[] =>
  JSON.stringify(parsedExpression(check))
    .match(/"sval":"[^"]*"/gu)
    ?.sort() ?? [];

/** Drafts, compares, and takes the draft as it is through all phases, to exact parity. */
async function draftAndApply(db: TestDatabase, page: string, name: string, byHand: string) {
  const out = join(await mkdtemp(join(tmpdir(), 'lockkeeper-')), `${name}.yaml`);
  const draft = await draftSpec(engineOn(db.connect, '').deps, { cwd: '.', page, out, notion: noNotion });
  expect(draft).toMatchObject({ migration: name, path: out, unsupported: [] });
  const written = await readFile(out, 'utf8');
  expect(meaning(written)).toEqual(meaning(byHand));
  const m = migrate(db.connect, out);
  await m.to('dual-write');
  const { ok, mappings } = await m.verify();
  expect({ ok, mappings: mappings.map(({ missing, extra, stale }) => [missing, extra, stale]) }).toEqual({
    ok: true,
    mappings: mappings.map(() => [0, 0, 0]),
  });
  await m.finish();
  return draft;
}

it('the demonstration’s database: equal to the migration of the demonstration', () =>
  withDatabase('', async (db) => {
    await seed(db.session, 2000, 'secret');
    const byHand = await readFile(await writeFlagship(await mkdtemp(join(tmpdir(), 'lockkeeper-'))), 'utf8');
    await draftAndApply(db, 'test/specifications/01-labels.md', 'user-preferences', byHand);
  }));

const variant = (name: string) =>
  Promise.all(['sql', 'yaml'].map((kind) => readFile(`test/drafts/flagship/${name}.${kind}`, 'utf8')));

it.each(['names', 'keys'])('other %s', async (name) => {
  const [before = '', byHand = ''] = await variant(name);
  await withDatabase(`${before}; ANALYZE`, (db) => draftAndApply(db, `test/drafts/flagship/${name}.md`, name, byHand));
});

it('one key that both tables could want: a question that names both', async () => {
  const [before = '', byHand = ''] = await variant('toss-up');
  await withDatabase(`${before}; ANALYZE`, async (db) => {
    const { questions } = await draftAndApply(db, 'test/drafts/flagship/toss-up.md', 'toss-up', byHand);
    expect(questions.filter(({ question }) => question.startsWith('Which table'))).toEqual([
      expect.objectContaining({
        question: 'Which table is contact_display to go to: display_profile or contact_profile?',
        assumption: 'display_profile.',
        line: 3,
      }),
    ]);
  });
});
