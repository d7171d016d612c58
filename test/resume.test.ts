import { describe, expect, inject, it } from 'vitest';
import { dataOf } from './support/data.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { examples, migrate } from './support/example.ts';
import { mortal } from './support/mortal.ts';
import { startOfPart } from './support/part.ts';
import { shapeOf } from './support/shape.ts';

const usersWorld = async (db: TestDatabase) => ({ shape: await shapeOf(db), data: await dataOf(db) });
const world = async (db: TestDatabase) => ({
  ...(await usersWorld(db)),
  ours: (await shapeOf(db, ['lockkeeper'])).filter((line) => /^(function|sequence|trigger|relation) /.test(line)),
});

type Work = (m: ReturnType<typeof migrate>) => Promise<void>;

/** Runs `work` in a process that is killed after its n-th change, then again in one that lives. False: it made fewer changes. */
async function killedAt(db: TestDatabase, n: number, migration: string, work: Work): Promise<boolean> {
  const { connect, changes } = mortal(db.connect, n);
  const first = await work(migrate(connect, migration)).catch((error: unknown) => error);
  if (changes.length < n) {
    if (first) throw first instanceof Error ? first : new Error('It failed.');
    return false;
  }
  await work(migrate(db.connect, migration));
  return true;
}

const AT_ONCE = 4;
const EVERY = inject('oneIn');

/** Tries n, n + EVERY, … from a random one until one tells that there are no more; several at a time, each on a database of its own. Returns that one. */
async function forManyChanges(tried: (n: number) => Promise<boolean>): Promise<number> {
  let next = 1 + startOfPart('changes to be killed after');
  let end = Infinity;
  const worker = async () => {
    while (next < end) {
      const n = next;
      next += EVERY;
      if (!(await tried(n))) end = Math.min(end, n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return end;
}

describe.each(examples)('$name', { timeout: 3_600_000 }, ({ migration, before }) => {
  it('killed after a change, `apply` goes on and ends the same', async () => {
    const wanted = await withDatabase(before, async (db) => {
      await migrate(db.connect, migration).to('contract');
      return await world(db);
    });
    const end = await forManyChanges((n) =>
      withDatabase(before, async (db) => {
        const killed = await killedAt(db, n, migration, (m) => m.to('contract'));
        expect(await world(db), `killed after change ${n}`).toEqual(wanted);
        return killed;
      }),
    );
    expect(end).toBeGreaterThan(9);
  });

  it('killed after a change, `rollback` goes on and ends the same', async () => {
    const began = await withDatabase(before, usersWorld);
    const end = await forManyChanges((n) =>
      withDatabase(before, async (db) => {
        await migrate(db.connect, migration).to('contract');
        const killed = await killedAt(db, n, migration, (m) => m.back());
        expect(await usersWorld(db), `killed after change ${n}`).toEqual(began);
        return killed;
      }),
    );
    expect(end).toBeGreaterThan(9);
  });
});
