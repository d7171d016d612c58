import { setTimeout } from 'node:timers/promises';
import type { Connect, Session } from '../../../src/database/database.ts';
import { sqlState } from '../../../src/database/sqlstate.ts';
import { raw } from '../../../src/sql/sql.ts';
import type { Random } from './random.ts';
import type { Shape } from './shape.ts';
import type { World } from './world.ts';

/** What may be refused without harm: a lock that was not had, a deadlock that it lost, a table that has just gone. */
const harmless = new Set(['55P03', '40P01', '57014', '42P01', '42703', '42P07', '42701', '42704', '55000']);

/** Somebody at the same database who does things by hand while a migration runs. */
export class Meddler {
  readonly #connect: Connect;
  readonly #shape: Shape;
  readonly #world: World;
  readonly #random: Random;
  #manual: { readonly what: string; readonly undo: string } | null = null;
  readonly failures: string[] = [];

  constructor(connect: Connect, shape: Shape, world: World, random: Random) {
    this.#connect = connect;
    this.#shape = shape;
    this.#world = world;
    this.#random = random;
  }

  /** Until the world stops. */
  async meddle(): Promise<void> {
    const session = await this.#connect('executor', 'meddler');
    try {
      await session.execute(raw(`SET lock_timeout = '200ms'`));
      while (!this.#world.stopped) {
        await setTimeout(this.#random.upTo(900));
        await this.#once(session);
      }
    } finally {
      await session.close();
    }
  }

  async #once(session: Session): Promise<boolean> {
    const { source, targets } = this.#shape.tables;
    const table = this.#random.pick([source, source, ...targets]);
    switch (this.#random.upTo(5)) {
      case 0:
        return await this.#try(session, 'VACUUM FULL', `VACUUM FULL ${table}`);
      case 1:
        return await this.#try(session, 'ANALYZE', `ANALYZE ${table}`);
      case 2:
        return await this.#try(session, 'VACUUM', `VACUUM ${table}`);
      case 3:
        // Its own end is told by the session that was cut.
        return await this.#try(
          session,
          'pg_terminate_backend of the application',
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'application' ORDER BY random() LIMIT 1`,
        );
      default:
        return await this.#try(
          session,
          'pg_cancel_backend of ours',
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^lockkeeper .* (worker|drain)$' AND application_name !~ 'killer|meddler' ORDER BY random() LIMIT 1`,
        );
    }
  }

  /** A change that a migration has no part in, and must notice. */
  async changeByHand(): Promise<void> {
    if (this.#manual) return;
    const { source } = this.#shape.tables;
    const column = source === 'users' ? 'email' : 'name';
    const change = this.#random.pick([
      {
        what: 'CREATE INDEX by hand',
        sql: `CREATE INDEX by_hand ON ${source} (${column})`,
        undo: 'DROP INDEX IF EXISTS by_hand',
      },
      {
        what: 'ADD COLUMN by hand',
        sql: `ALTER TABLE ${source} ADD COLUMN by_hand text`,
        undo: `ALTER TABLE ${source} DROP COLUMN IF EXISTS by_hand`,
      },
    ]);
    if (await this.#insist(change.what, change.sql)) this.#manual = change;
  }

  /** False: there is nothing to undo. */
  async undoByHand(): Promise<boolean> {
    if (!this.#manual) return false;
    const { what, undo } = this.#manual;
    this.#manual = null;
    return await this.#insist(`undo ${what}`, undo);
  }

  async #insist(what: string, statement: string): Promise<boolean> {
    const session = await this.#connect('executor', 'meddler');
    try {
      await session.execute(raw(`SET lock_timeout = '300ms'`));
      for (let attempt = 1; attempt < 40; attempt++) if (await this.#try(session, what, statement)) return true;
      return false;
    } finally {
      await session.close();
    }
  }

  async #try(session: Session, what: string, statement: string): Promise<boolean> {
    try {
      await session.execute(raw(statement));
      this.#world.count(what);
      this.#world.tell(what);
      return true;
    } catch (error) {
      if (!harmless.has(sqlState(error) ?? '')) this.failures.push(`${what}: ${String(error)}`);
      return false;
    }
  }
}
