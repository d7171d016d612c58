import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draftSpec, type DraftSpecInput } from '../src/app/draft-spec.ts';
import { planWith } from '../src/app/plan-migration.ts';
import { parseMigration } from '../src/migration/read-migration.ts';
import { renderDraft } from '../src/report/render-draft.ts';
import { draftSchema } from '../src/report/draft-schema.ts';
import type { Draft } from '../src/draft/draft.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';
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
