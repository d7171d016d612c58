import { describe, expect, it } from 'vitest';
import type { Queryable } from '../src/database/database.ts';
import type { Event } from '../src/events.ts';
import type { PlannedStatement, PlannedStep } from '../src/plan/plan.ts';
import { sql } from '../src/sql/sql.ts';
import { openClient, untilTrue } from './support/client.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { example, examples, migrate } from './support/example.ts';
import { stepped, type Point } from './support/stepped.ts';

const weakestFirst = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];
const strength = (mode: string | undefined) => (mode === undefined ? -1 : weakestFirst.indexOf(mode));

/** pg_locks says AccessShareLock. */
const spelled = (mode: string) =>
  mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<!^)([A-Z])/g, ' $1')
    .toUpperCase();

/** The strongest mode seen on each of the user's tables, for each step in each direction. */
class Seen {
  readonly #strongest = new Map<string, Map<string, string>>();

  add(step: string, { table, mode }: Held): void {
    const tables = this.#strongest.get(step) ?? new Map<string, string>();
    this.#strongest.set(step, tables);
    if (strength(spelled(mode)) > strength(tables.get(table))) tables.set(table, spelled(mode));
  }

  of = (step: string): Record<string, string> => Object.fromEntries(this.#strongest.get(step) ?? []);
}

interface Held {
  readonly table: string;
  readonly mode: string;
}

/** What a backend holds on tables as others see them: nobody can wait for what it creates itself. */
const heldBy = (db: Queryable, pid: number) =>
  db.query<Held>(sql`
    SELECT c.relname AS table, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
     WHERE l.pid = ${pid} AND l.granted AND l.locktype = 'relation'
       AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`);

/** To contract and back, with a look at the locks of our sessions before each COMMIT and during what runs outside of transactions. */
async function observe(
  db: TestDatabase,
  migration: string,
  options: { readonly slowVacuum?: boolean; readonly meanwhile?: (point: Point) => Promise<void> } = {},
) {
  const seen = new Seen();
  const sampling: Promise<void>[] = [];
  let step = '';
  const connect = stepped(db.connect, async (point) => {
    const { role, when, text, inTransaction, session } = point;
    const during = step;
    const add = (held: Held) => seen.add(role === 'drain' && inTransaction ? 'drain' : during, held);
    if (when === 'before' && text === 'COMMIT') for (const held of await heldBy(db, session.pid)) add(held);
    if (when === 'before' && !inTransaction && /^(CREATE|DROP) .*INDEX CONCURRENTLY/.test(text)) {
      const older = await holdTables(db);
      sampling.push(sample(db, session.pid, 'cardinality(pg_blocking_pids(pid)) > 0', add).finally(older.release));
    }
    if (when === 'before' && text.startsWith('VACUUM') && options.slowVacuum)
      sampling.push(sample(db, session.pid, `wait_event = 'VacuumDelay'`, add));
    await options.meanwhile?.(point);
  });
  const emit = (event: Event) => {
    if (event.type === 'step.started') step = `${event.direction} ${event.step}`;
  };
  const m = migrate(connect, migration, { emit });
  await m.to('contract');
  const { phases } = await m.plan();
  await m.back();
  await Promise.all(sampling);
  return { seen, steps: phases.flatMap((p) => p.steps) };
}

/** An older transaction that concurrent builds and drops have to wait for. */
async function holdTables(db: TestDatabase) {
  const older = await openClient(db.url);
  const [tables] = await older.do(
    `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables WHERE schemaname = 'public'`,
  );
  await older.do(`BEGIN; LOCK TABLE ${String(tables?.['names'])} IN ROW EXCLUSIVE MODE`);
  return { release: () => older.do('COMMIT').then(older.close) };
}

/** Reads what a backend holds as soon as it is seen to wait in the statement that is about to begin. */
async function sample(db: TestDatabase, pid: number, waits: string, add: (held: Held) => void): Promise<void> {
  await untilTrue(
    db.url,
    `SELECT state = 'active' AND query ~ 'CONCURRENTLY|VACUUM' AND ${waits} FROM pg_stat_activity WHERE pid = ${pid}`,
  );
  const observer = await db.connect('watch');
  try {
    for (const held of await heldBy(observer, pid)) add(held);
  } finally {
    await observer.close();
  }
}

const declared = (locks: PlannedStatement['locks']) => Object.fromEntries(locks.map((l) => [l.relation.name, l.mode]));
const undoOf = (step: PlannedStep) => ('undo' in step ? declared(step.undo?.locks ?? []) : {});

describe.each(examples)('$name', ({ migration, before }) => {
  it('declares for every step and its undo exactly the strongest lock on each table in use', () =>
    withDatabase(before, async (db) => {
      const { seen, steps } = await observe(db, migration);
      for (const step of steps) {
        const forward = seen.of(`forward ${step.id}`);
        const back = seen.of(`back ${step.id}`);
        if (step.kind === 'backfill') expectNoMore(step.id, forward, declared(step.locks));
        else if (step.kind !== 'gate') expect({ [step.id]: forward }).toEqual({ [step.id]: declared(step.locks) });
        expect({ [`undo of ${step.id}`]: back }).toEqual({ [`undo of ${step.id}`]: undoOf(step) });
      }
      for (const [table, mode] of Object.entries(seen.of('drain')))
        expect(strength(mode), `a drain on ${table}`).toBeLessThanOrEqual(strength('ROW EXCLUSIVE'));
    }));
});

/** A backfill takes less when the table is too small for a VACUUM on the way. */
function expectNoMore(step: string, found: Record<string, string>, allowed: Record<string, string>): void {
  expect(Object.keys(found).sort(), step).toEqual(Object.keys(allowed).sort());
  for (const [table, mode] of Object.entries(found))
    expect(strength(mode), `${step} on ${table}`).toBeLessThanOrEqual(strength(allowed[table]));
}

it('declares the VACUUM that goes with a fill', () =>
  withDatabase(example('rename-column').before, async (db) => {
    // Several chunks, and a VACUUM slow enough to be looked at.
    await db.run(`
      INSERT INTO customers (name) SELECT repeat('x', 200) FROM generate_series(1, 20000);
      DO $$BEGIN
        EXECUTE format('ALTER DATABASE %I SET vacuum_cost_delay = 100', current_database());
        EXECUTE format('ALTER DATABASE %I SET vacuum_cost_limit = 300', current_database());
      END$$`);
    let chunks = 0;
    let vacuum = () => {};
    const vacuumed = new Promise<void>((resolve) => (vacuum = resolve));
    const meanwhile = async ({ role, when, text }: Point) => {
      if (when === 'after' && text.startsWith('VACUUM')) vacuum();
      if (role === 'worker' && when === 'before' && text === 'COMMIT' && ++chunks > 5) await vacuumed;
    };
    const options = { slowVacuum: true, meanwhile };
    const { seen, steps } = await observe(db, 'examples/rename-column/migration.yaml', options);
    const fill = steps.find((s) => s.kind === 'backfill');
    expect(seen.of(`forward ${fill?.id ?? ''}`)).toEqual(declared(fill?.locks ?? []));
  }));
