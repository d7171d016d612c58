import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { LockkeeperError } from '../../../src/errors.ts';
import { dataOf } from '../data.ts';
import { withDatabase, type TestDatabase } from '../database.ts';
import { migrate } from '../example.ts';
import { shapeOf } from '../shape.ts';
import type { Words } from './words.ts';

export interface Journey {
  readonly before: string;
  readonly name: string;
  readonly operation: Readonly<Record<string, unknown>>;
  /** What the version before the change writes, and the one after it. */
  readonly old: Words;
  readonly new: Words;
  /** What the new version writes, in the old one's words. */
  readonly newAsOld: Words;
  /** What a person would type with the application stopped, where one statement does it. */
  readonly plain: string | null;
}

type Engine = ReturnType<typeof migrate>;

/** A migration of one operation, in a file of its own. */
export async function withMigration<T>(
  name: string,
  operations: readonly unknown[],
  work: (file: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-shapes-'));
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ version: 1, name, operations }));
  try {
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Says no before anything is changed, and why. */
export const refuses = (j: Journey, why: RegExp): Promise<void> =>
  withMigration(j.name, [j.operation], (file) =>
    withDatabase(j.before, async (db) => {
      const began = await shapeOf(db);
      const error: unknown = await migrate(db.connect, file)
        .apply()
        .then(
          () => null,
          (e: unknown) => e,
        );
      expect(error).toBeInstanceOf(LockkeeperError);
      const { message, hint, fix, exitCode } = error as LockkeeperError;
      expect(`${message} ${hint} ${fix}`).toMatch(why);
      expect([2, 3]).toContain(exitCode);
      expect(await shapeOf(db)).toEqual(began);
    }),
  );

/** PostgreSQL 18 names NOT NULL constraints itself. */
const isNamedByServer = (line: string) => /^constraint \S+_not_null\d* on /.test(line);

/** ALTER TYPE casts a default without saying so. */
const withoutCast = (line: string) => line.replace(/ default=\((.*)\)::\w+ generated=/, ' default=$1 generated=');

const everything = async (db: TestDatabase) => ({
  shape: (await shapeOf(db)).filter((line) => !isNamedByServer(line)).map(withoutCast),
  data: await dataOf(db),
});

const write = async (db: TestDatabase, statements: readonly string[]) => {
  for (const statement of statements) await db.run(statement);
};

const expectExact = async (m: Engine) => {
  if (!(await m.plan()).mappings.length) return;
  const { ok, mappings, triggers } = await m.verify();
  expect({ ok, mappings: mappings.filter((x) => !x.ok), triggers }).toEqual({ ok: true, mappings: [], triggers: [] });
};

/** Every phase forward and all the way back while both versions write as they may; then forward again to the end. */
export const travel = (j: Journey): Promise<void> =>
  withMigration(j.name, [j.operation], (file) =>
    withDatabase(j.before, async (db) => {
      const began = await shapeOf(db);
      const m = migrate(db.connect, file);
      await write(db, j.old(0));
      await m.to('expand');
      await write(db, j.old(1));
      await m.to('backfill');
      await write(db, j.old(2));
      await m.to('dual-write');
      await both(db, m, j, 3);
      await m.to('switch');
      await both(db, m, j, 5);
      await m.to('contract');
      await write(db, j.new(7));
      if ((await m.plan()).mappings.length) await m.back('switch');
      await both(db, m, j, 8);
      await m.back();
      expect(await shapeOf(db)).toEqual(began);
      const byNew = [4, 6, 7, 9];
      const inOldWords = Array.from({ length: 10 }, (_, part) =>
        (byNew.includes(part) ? j.newAsOld : j.old)(part),
      ).flat();
      const expected = await plainly(j.before, inOldWords);
      expect(await dataOf(db)).toEqual(expected.data);
      if (j.plain === null) return;
      await m.finish();
      await m.purge();
      expect(await everything(db)).toEqual(await plainly(j.before, [...inOldWords, j.plain]));
    }),
  );

const both = async (db: TestDatabase, m: Engine, j: Journey, part: number) => {
  await expectExact(m);
  await write(db, j.old(part));
  await expectExact(m);
  await write(db, j.new(part + 1));
  await expectExact(m);
};

const plainly = (before: string, statements: readonly string[]) =>
  withDatabase(before, async (db) => {
    await write(db, statements);
    return await everything(db);
  });
