import type { Queryable } from '../database/database.ts';
import type { Plan } from '../plan/plan.ts';
import type { Requirements } from '../spec/requirements.ts';
import { ident, sql, type Sql } from '../sql/sql.ts';

/** Where a migration is published, and what its pages are made from. */
export interface PublicationRecord {
  readonly migration: string;
  readonly workspace: string;
  readonly specification: string;
  readonly tasks: string | null;
  /** As they were read when it was published last. */
  readonly requirements: Requirements;
  readonly plan: Plan;
  /** Keys of the documents that were written. */
  readonly documents: readonly string[];
  /** Updates that were asked for so far, and how many of them the pages show. */
  readonly wanted: number;
  readonly written: number;
}

/** What the journal remembers of published pages. It has these tables since version 2. */
export class Publications {
  readonly #j: Sql;

  constructor(schema: string) {
    this.#j = ident(schema);
  }

  /** The migrations that are published. */
  async migrations(db: Queryable): Promise<readonly string[]> {
    const rows = await db.query<{ migration: string }>(sql`SELECT migration FROM ${this.#j}.publication ORDER BY 1`);
    return rows.map(({ migration }) => migration);
  }

  async find(db: Queryable, migration: string): Promise<PublicationRecord | null> {
    const [record] = await db.query<PublicationRecord>(sql`
      SELECT migration, workspace, specification, tasks, requirements, plan, documents, wanted, written
        FROM ${this.#j}.publication WHERE migration = ${migration}`);
    return record ?? null;
  }

  /** From now on the pages are kept there. */
  async remember(
    db: Queryable,
    p: Pick<PublicationRecord, 'migration' | 'workspace' | 'specification' | 'tasks' | 'requirements' | 'plan'>,
  ): Promise<void> {
    await db.query(sql`
      INSERT INTO ${this.#j}.publication AS p (migration, workspace, specification, tasks, requirements, plan)
      VALUES (${p.migration}, ${p.workspace}, ${p.specification}, ${p.tasks}, (${JSON.stringify(p.requirements)}::text)::jsonb, (${JSON.stringify(p.plan)}::text)::jsonb)
      ON CONFLICT (migration) DO UPDATE SET workspace = EXCLUDED.workspace, specification = EXCLUDED.specification, tasks = EXCLUDED.tasks,
             requirements = EXCLUDED.requirements, plan = EXCLUDED.plan, updated_at = now()`);
  }

  /** Says that the pages are due; null when the migration is not published. */
  async want(db: Queryable, migration: string): Promise<number | null> {
    const [row] = await db.query<{ wanted: number }>(
      sql`UPDATE ${this.#j}.publication SET wanted = wanted + 1 WHERE migration = ${migration} RETURNING wanted`,
    );
    return row?.wanted ?? null;
  }

  async wrote(db: Queryable, migration: string, wanted: number, documents: readonly string[]): Promise<void> {
    await db.query(sql`
      UPDATE ${this.#j}.publication SET written = greatest(written, ${wanted}), documents = ${documents}::text[], last_error = NULL, updated_at = now()
       WHERE migration = ${migration}`);
  }

  async failed(db: Queryable, migration: string, why: string): Promise<void> {
    await db.query(sql`UPDATE ${this.#j}.publication SET last_error = ${why} WHERE migration = ${migration}`);
  }

  /** Only one program writes the pages of a migration at a time; false when another one does. Held until the session ends. */
  async lock(db: Queryable, migration: string): Promise<boolean> {
    const [row] = await db.query<{ locked: boolean }>(
      sql`SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(${`lockkeeper pages ${migration}`}, 0)) AS locked`,
    );
    return row?.locked ?? false;
  }

  async page(db: Queryable, migration: string, workspace: string, key: string): Promise<unknown> {
    const [row] = await db.query<{ record: unknown }>(
      sql`SELECT record FROM ${this.#j}.page WHERE migration = ${migration} AND workspace = ${workspace} AND key = ${key}`,
    );
    return row?.record ?? null;
  }

  async setPage(db: Queryable, migration: string, workspace: string, key: string, record: unknown): Promise<void> {
    await db.query(sql`
      INSERT INTO ${this.#j}.page (migration, workspace, key, record)
      VALUES (${migration}, ${workspace}, ${key}, (${JSON.stringify(record)}::text)::jsonb)
      ON CONFLICT (migration, workspace, key) DO UPDATE SET record = EXCLUDED.record`);
  }
}
