import type { LintFile } from '../lint.ts';
import { alembic } from './alembic.ts';
import { dbmate } from './dbmate.ts';
import { django } from './django.ts';
import { drizzle } from './drizzle.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golang-migrate.ts';
import { goose } from './goose.ts';
import { graphileMigrate } from './graphile-migrate.ts';
import { knex } from './knex.ts';
import { liquibase } from './liquibase.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { plain } from './plain.ts';
import { prisma } from './prisma.ts';
import { rails } from './rails.ts';
import { type Folder, isScript, isSql, type Runner } from './runner.ts';
import { sqitch } from './sqitch.ts';
import { sqlMigrate } from './sql-migrate.ts';
import { supabase } from './supabase.ts';

/** The surest signs first. */
const runners: readonly Runner[] = [
  ...[supabase, prisma, drizzle, graphileMigrate, sqitch, liquibase, dbmate, goose, sqlMigrate, flyway],
  ...[golangMigrate, alembic, django, rails, nodePgMigrate, knex, plain],
];

/** The tool whose migrations these look like; plain files when they look like no other's. */
export const detectRunner = (folder: Folder): Runner => runners.find((runner) => runner.detect(folder)) ?? plain;

/** What the tool runs of a folder, in its order. */
export async function filesOf(folder: Folder, runner: Runner): Promise<readonly LintFile[]> {
  const { texts, unreadable = new Map<string, string>() } = folder;
  const ordered = runner.order([...texts.keys(), ...unreadable.keys()], folder);
  const files = ordered.map(async (path): Promise<readonly LintFile[]> => {
    const why = unreadable.get(path);
    if (why !== undefined) return [{ path, text: '', unreadable: `It cannot be read. ${why}` }];
    const read = await runner.read(path, texts.get(path) ?? '', folder);
    return read ? [{ path, transaction: runner.wrapping, ...read }] : [];
  });
  const all = (await Promise.all(files)).flat();
  const readsScripts = all.some((file) => file.unreadable === undefined && isScript(file.path));
  return all.filter((file) => file.unreadable === undefined || isSql(file.path) || readsScripts);
}
