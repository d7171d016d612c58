import { describe, expect, inject, it } from 'vitest';
import { phaseNames, type PhaseName } from '../src/events.ts';
import { dataOf } from './support/data.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { examples, migrate } from './support/example.ts';
import { shapeOf } from './support/shape.ts';

// What must hold for every migration, whatever its operations. Each folder in examples/ is one case.
// All of it on the newest PostgreSQL; on every other major each law once for each kind of operation.

const newest = inject('serverMajor') === 18;
const some = <T>(all: readonly T[], ...on: readonly T[]): readonly T[] => (newest ? all : on);

const all = async (db: TestDatabase) => ({
  shape: (await shapeOf(db)).filter(isNamedByPeople),
  data: await dataOf(db),
});

/** PostgreSQL 18 names NOT NULL constraints itself; whether a column has one is on the column's own line. */
const isNamedByPeople = (line: string) => !/^constraint \S+_not_null on /.test(line);

/** Where plain SQL leads. */
const plainly = (...scripts: readonly string[]) =>
  withDatabase(scripts[0] ?? '', async (db) => {
    for (const script of scripts.slice(1)) await db.run(script);
    return await all(db);
  });

const rollbackTargets: readonly PhaseName[] = ['expand', 'backfill', 'dual-write', 'switch'];

describe.each(examples.filter(({ name }) => newest || name !== 'change-type-in-place'))(
  '$name',
  ({ migration, before, plain, oldCode, newCode }) => {
    it.each(some(phaseNames, 'contract'))('goes to %s and back to exactly where it began', (phase) =>
      withDatabase(before, async (db) => {
        const began = { shape: await shapeOf(db), data: await dataOf(db) };
        const m = migrate(db.connect, migration);
        await m.to(phase);
        await m.back();
        expect({ shape: await shapeOf(db), data: await dataOf(db) }).toEqual(began);
        expect(await leftovers(db)).toEqual([]);
      }),
    );

    it('ends where plain DDL would have ended', () =>
      withDatabase(before, async (db) => {
        const m = migrate(db.connect, migration);
        await m.finish();
        await m.purge();
        expect(await all(db)).toEqual(await plainly(before, plain));
      }));

    it.each(some<PhaseName>(['dual-write', 'switch'], 'switch'))(
      'lets old and new code write together in %s',
      (phase) =>
        withDatabase(before, async (db) => {
          const m = migrate(db.connect, migration);
          await m.to(phase);
          await db.run(oldCode);
          await db.run(newCode);
          if ((await m.plan()).mappings.length) expect(await m.verify()).toMatchObject({ ok: true });
          await m.to('contract');
          await m.purge();
          expect(await all(db)).toEqual(await plainly(before, oldCode, shortOf(plain, await m.followedBy()), newCode));
        }),
    );

    it.each(some(rollbackTargets, 'dual-write'))('loses no write when it goes back from %s', (phase) =>
      withDatabase(before, async (db) => {
        const m = migrate(db.connect, migration);
        await m.to(phase);
        await db.run(oldCode);
        const bothWrite = phase === 'dual-write' || phase === 'switch';
        if (bothWrite) await db.run(newCode);
        await m.back();
        await db.run(shortOf(plain, await m.followedBy()));
        expect(await all(db)).toEqual(
          await plainly(before, oldCode, shortOf(plain, await m.followedBy()), ...(bothWrite ? [newCode] : [])),
        );
      }),
    );

    it.each(some<PhaseName | 'nothing'>(['switch', 'dual-write', 'nothing'], 'switch'))(
      'keeps what new code wrote after contract when it goes back to %s',
      (phase) =>
        withDatabase(before, async (db) => {
          const m = migrate(db.connect, migration);
          await m.to('contract');
          await db.run(newCode);
          const { phases } = await m.plan();
          if (phases.some((p) => p.name === phase)) {
            await m.back(phase as PhaseName);
            expect(await m.verify()).toMatchObject({ ok: true });
          }
          await m.back();
          await db.run(shortOf(plain, await m.followedBy()));
          expect(await all(db)).toEqual(await plainly(before, shortOf(plain, await m.followedBy()), newCode));
        }),
    );
  },
);

/** Between the two renames of `end_as` the column has its intermediate name, which new code uses. */
const shortOf = (plain: string, followedBy: readonly string[]) =>
  followedBy.length ? `${plain}; ALTER TABLE measurements RENAME COLUMN value TO value_new` : plain;

/** What we created in our own schema for a migration and did not take away again: tables that keep data are meant to stay. */
async function leftovers(db: TestDatabase): Promise<string[]> {
  const present = await shapeOf(db, ['lockkeeper']);
  const wanted = await withDatabase('', async (fresh) => {
    await migrate(fresh.connect, 'examples/create-index/migration.yaml').install();
    return await shapeOf(fresh, ['lockkeeper']);
  });
  return present.filter((line) => /^(function|sequence|trigger)/.test(line) && !wanted.includes(line));
}
