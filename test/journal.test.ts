import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { listArchives } from '../src/app/archive.ts';
import { expectPhase } from '../src/app/expect-phase.ts';
import { listQuarantine } from '../src/app/quarantine.ts';
import { status } from '../src/app/status.ts';
import { verify } from '../src/app/verify.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { engineOn } from './support/engine.ts';

// Journals as released versions left them, in support/journals: scripts/dump-journal.ts makes one at each release.

const folder = 'test/support/journals';
const migration = 'examples/extract-json/migration.yaml';
const example = readFileSync('examples/extract-json/before.sql', 'utf8');

describe.each(readdirSync(folder).map((file) => ({ version: file.replace(/\.sql$/, ''), file })))(
  'a journal of $version',
  ({ file }) => {
    const dump = readFileSync(`${folder}/${file}`, 'utf8');

    it('opens: every reading command reads it', () =>
      withDatabase(dump, async (db) => {
        const { deps } = engineOn(db.connect, migration);
        const { migrations } = await status(deps, {});
        expect(migrations.find((m) => m.migration === 'user-preferences')).toMatchObject({
          phase: 'switch',
          state: 'waiting',
          quarantine: { open: 0, accepted: 8 },
          reads: { percent: 100 },
        });
        expect((await planMigration(deps, { migration })).migration).toBe('user-preferences');
        expect(await verify(deps, { migration, repair: false })).toMatchObject({ ok: true, triggers: [] });
        expect(await expectPhase(deps, { migration, phase: 'switch', waitMs: 0 })).toMatchObject({ ok: true });
        expect((await listQuarantine(deps, { migration, showValues: false })).accepted).toBe(8);
        expect((await listArchives(deps)).archives).toEqual([]);
      }));

    it('goes on, to the end and back', () =>
      withDatabase(dump, async (db) => {
        const m = migrate(db.connect, migration);
        await db.run(`UPDATE user_preferences SET theme = 'written' WHERE user_id = 8`);
        await m.to('contract');
        await m.back();
        expect(await db.rows(`SELECT preferences ->> 'theme' AS theme FROM users WHERE id = 8`)).toEqual([
          { theme: 'written' },
        ]);
      }));
  },
);

describe('a journal that a newer program wrote', () => {
  it('and says that ours may not read it, is refused by every command with exit code 3', () =>
    withDatabase(example, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await db.run('UPDATE lockkeeper.meta SET version = 7, min_reader = 7');
      const { deps } = m;
      for (const command of [
        () => m.apply('switch'),
        () => m.rollback(),
        () => status(deps, {}),
        () => planMigration(deps, { migration }),
        () => verify(deps, { migration, repair: true }),
        () => expectPhase(deps, { migration, phase: 'expand', waitMs: 0 }),
        () => listQuarantine(deps, { migration, showValues: false }),
        () => listArchives(deps),
        () => m.approveAll(),
      ])
        await expect(command()).rejects.toMatchObject({ code: 'JOURNAL_TOO_NEW', exitCode: 3 });
      expect(await db.rows('SELECT phase FROM lockkeeper.run')).toEqual([{ phase: 'dual-write' }]);
    }));

  it('but that ours may still read, is read and not taken back to ours', () =>
    withDatabase(example, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await db.run('UPDATE lockkeeper.meta SET version = 7; ALTER TABLE lockkeeper.run ADD COLUMN more text');
      expect((await status(m.deps, {})).migrations[0]).toMatchObject({ phase: 'dual-write' });
      await m.to('switch');
      expect(await db.rows('SELECT version FROM lockkeeper.meta')).toEqual([{ version: 7 }]);
    }));
});
