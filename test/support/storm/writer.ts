import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Application, isCut } from './application.ts';
import type { Random } from './random.ts';
import type { Fresh, Row, Shape, Statement, Through, Write } from './shape.ts';
import type { World } from './world.ts';

const KEYS = 60;
const levels = ['READ COMMITTED', 'READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

/** What may happen to an application without us too: it tries again. Anything else is a failure of ours. */
const retried = new Set(['40001', '40P01']);

export interface Pacing {
  /** An application that thinks: between transactions, longer where these take long, and the longest a transaction stays open. */
  readonly thinkMs: number;
  readonly slowMs: number;
}

/** What one transaction is about. */
interface Task {
  readonly kind: 'keys' | 'noise' | 'fillers' | 'truncate' | 'truncate a partition' | 'truncate a new table';
  readonly keys: readonly number[];
  readonly through: readonly Through[];
  readonly work: (run: RunSql) => Promise<ReadonlyMap<number, Row>>;
}

type RunSql = (statement: Statement) => Promise<void>;

/** One session of the application, until the world stops. Returns what should never have happened. */
export class Writer {
  readonly #app: Application;
  readonly #shape: Shape;
  readonly #world: World;
  readonly #random: Random;
  readonly #pacing: Pacing;
  readonly #name: string;
  readonly #fresh: Omit<Fresh, 'random'>;
  readonly failures: string[] = [];

  constructor(url: string, shape: Shape, world: World, random: Random, n: number, pacing: Pacing, merges: boolean) {
    this.#app = new Application(url);
    this.#shape = shape;
    this.#world = world;
    this.#random = random;
    this.#pacing = pacing;
    this.#name = `w${n}`;
    let last = 0;
    const number = () => ++last * 16 + n;
    this.#fresh = {
      merges,
      number,
      text: () => `v${number()}`,
      marked: () => {
        const letter = random.pick(['V', 'w', 'd']);
        const value = number();
        return { written: `${letter}${value}`, settled: `${{ V: 'v', w: 'x', d: 'e' }[letter] ?? ''}${value}` };
      },
    };
  }

  async write(): Promise<void> {
    try {
      while (!this.#world.stopped) {
        const began = Date.now();
        const task = await this.#choose();
        if (task) await this.#transaction(task);
        await setTimeout(this.#random.upTo(Math.max(this.#pacing.thinkMs, 2 * (Date.now() - began))));
      }
    } finally {
      await this.#app.close();
    }
  }

  /** Old code, new code, or one transaction of both; null when what it would need is not to be had now. */
  async #choose(): Promise<Task | null> {
    const [world, random] = [this.#world, this.#random];
    const wanted = random.pick<readonly Through[]>([['old'], ['new'], ['old', 'new']]);
    const dice = random.next();
    const count = 1 + random.upTo(3);
    const keys = [...new Set(Array.from({ length: count }, () => 1 + random.upTo(KEYS)))].sort((a, b) => a - b);
    const through = wanted.filter((side) => world.allowed[side]);
    if (!through.length || !world.use(through)) return null;
    const task = (kind: Task['kind'], taken: readonly number[], work: Task['work']): Task => ({
      kind,
      keys: taken,
      through,
      work,
    });
    if (dice < 0.005) {
      if (await world.takeAll(() => setTimeout(2))) return this.#truncate(through);
    } else if (dice < 0.06) return task('fillers', [], (run) => this.#deadlock(run));
    else if (dice < 0.18) return task('noise', [], (run) => this.#noise(run, through));
    else if (world.take(keys))
      return task('keys', keys, (run) =>
        new KeyWork(this.#shape, world, run, this.#freshFor(through), through, keys).write(),
      );
    world.leave(through);
    return null;
  }

  /** Old code that still runs has triggers; new code alone may outlive them. */
  #freshFor(through: readonly Through[]): Fresh {
    return {
      ...this.#fresh,
      random: this.#random,
      ...(through.includes('old')
        ? {}
        : { marked: () => ((value: string) => ({ written: value, settled: value }))(this.#fresh.text()) }),
    };
  }

  #truncate(through: readonly Through[]): Task {
    const [shape, world, random] = [this.#shape, this.#world, this.#random];
    const old = through.includes('old');
    const key = 1 + random.upTo(KEYS);
    const partition = shape.partitionOf(key);
    const target = shape.truncateTarget;
    const task = (kind: Task['kind'], sql: string, after: (key: number, row: NonNullable<Row>) => Row): Task => ({
      kind,
      keys: [],
      through,
      work: async (run) => {
        const before = [...world.rows];
        for (const statement of sql.split('; ')) await run({ sql: statement });
        return new Map(before.map(([k, row]) => [k, after(k, row)]));
      },
    });
    if (old && through.includes('new') && target && random.chance(0.5))
      return task('truncate a new table', target.sql, (_key, row) => ({ ...row, ...target.change }));
    if (old && partition !== null && random.chance(0.5))
      return task('truncate a partition', shape.truncate('old', partition), (k, row) =>
        shape.partitionOf(k) === partition ? null : row,
      );
    return task('truncate', shape.truncate(old ? 'old' : 'new', null), () => null);
  }

  /** Rows in the opposite order of everybody who goes from one page to the next. */
  async #deadlock(run: RunSql): Promise<ReadonlyMap<number, Row>> {
    const rows = Array.from({ length: 2 + this.#random.upTo(3) }, () => this.#random.upTo(this.#shape.fillers));
    for (const n of rows.sort((a, b) => b - a)) {
      await run({ sql: this.#shape.filler(n) });
      await setTimeout(this.#random.upTo(15));
    }
    return new Map();
  }

  /** Hot keys that everybody writes at once. */
  async #noise(run: RunSql, through: readonly Through[]): Promise<ReadonlyMap<number, Row>> {
    const random = this.#random;
    for (let n = 1 + random.upTo(2); n > 0; n--)
      await run({ sql: this.#shape.noise(random.pick(through), 1000 + random.upTo(5), this.#freshFor(through)) });
    return new Map();
  }

  async #transaction({ kind, keys, through, work }: Task): Promise<void> {
    const [world, random] = [this.#world, this.#random];
    const level = random.pick(levels);
    const asReplica = random.chance(0.06) && !this.#shape.hasTriggers && through.includes('old');
    const isSlow = random.chance(0.03);
    const isPrepared = random.chance(0.01);
    const isTold = keys.length > 0 || kind.startsWith('truncate');
    const statements: string[] = [];
    const run: RunSql = async (statement) => {
      statements.push(statement.sql + (statement.data ?? ''));
      await this.#app.run(statement);
    };
    const tell = (end: string) => {
      if (isTold) world.tell(`${this.#name} ${through.join('+')} ${statements.join('; ')} → ${end}`, keys);
    };
    let commit: Commit | null = null;
    let changes: ReadonlyMap<number, Row> = new Map();
    try {
      await this.#begin(run, level, asReplica, isSlow);
      changes = await work(run);
      if (isSlow) await setTimeout(random.upTo(this.#pacing.slowMs));
      if (random.chance(0.08)) {
        await run({ sql: 'ROLLBACK' });
        world.count('transactions rolled back');
      } else {
        const { rows } = await this.#app.run({ sql: remember });
        commit = new Commit(
          (rows[0] as Mark | undefined) ?? null,
          isPrepared ? randomUUID() : null, // unique in the whole server, where the same seed may run beside this one
        );
        await commit.run(run);
        world.acknowledge(changes);
      }
      tell('done');
      this.#countDone(kind, asReplica, isPrepared);
    } catch (error) {
      await this.#failed(error, commit, changes, level, statements, tell);
    } finally {
      world.give(keys);
      if (kind.startsWith('truncate')) world.giveAll();
      world.leave(through);
    }
  }

  async #begin(run: RunSql, level: string, asReplica: boolean, isSlow: boolean): Promise<void> {
    const random = this.#random;
    await run({ sql: `BEGIN ISOLATION LEVEL ${level}` });
    if (asReplica) await run({ sql: 'SET LOCAL session_replication_role = replica' });
    if (random.chance(0.3)) await run({ sql: 'SELECT 1 FROM pg_class LIMIT 1' }); // an older snapshot
    if (isSlow && random.chance(0.5)) await setTimeout(random.upTo(this.#pacing.slowMs));
  }

  #countDone(kind: Task['kind'], asReplica: boolean, isPrepared: boolean): void {
    this.#world.count('transactions');
    if (kind.startsWith('truncate')) this.#world.count(kind);
    if (asReplica) this.#world.count('transactions in replica role');
    if (isPrepared) this.#world.count('transactions in two phases');
  }

  /** The server may crash again while it is asked. */
  async #outcome(commit: Commit): Promise<boolean> {
    for (;;)
      try {
        return await commit.outcome((sql) => this.#app.run({ sql }));
      } catch (error) {
        if (!isCut(error)) throw error;
        this.#app.drop();
      }
  }

  async #failed(
    error: unknown,
    commit: Commit | null,
    changes: ReadonlyMap<number, Row>,
    level: string,
    statements: readonly string[],
    tell: (end: string) => void,
  ): Promise<void> {
    const world = this.#world;
    const { code = 'none', message, detail = '' } = error as { code?: string; message: string; detail?: string };
    if (isCut(error)) {
      this.#app.drop();
      world.count('application sessions cut');
      const committed = commit !== null && (await this.#outcome(commit));
      if (committed) world.acknowledge(changes);
      return tell(`cut, ${committed ? 'after' : 'before'} it was committed`);
    }
    tell(`${code} ${message} ${detail}`);
    await this.#app.run({ sql: 'ROLLBACK' }).catch(() => this.#app.drop());
    const withUs = [...detail.matchAll(/[Pp]rocess (\d+)/g)].some(([, pid]) => world.ours.has(Number(pid)));
    const shown = `${code}${code === '40P01' && withUs ? ' with us' : ''}`;
    world.errors.set(shown, (world.errors.get(shown) ?? 0) + 1);
    if (!retried.has(code))
      this.failures.push(`the application got ${code} (${level}): ${message} ${detail} in ${statements.join('; ')}`);
    else if (code === '40P01' && withUs)
      world.tell(`the application was the victim: ${statements.join('; ')} ${detail}`);
  }
}

interface Mark {
  readonly xid: string;
  readonly mark: string;
}

/** Where transactions that write leave their mark. Their number would not do: a crash gives it to another if nothing of it was flushed. */
export const commits = 'CREATE TABLE storm_commits (mark uuid DEFAULT gen_random_uuid(), xid xid8)';
const remember = `INSERT INTO storm_commits (xid) SELECT xid FROM pg_current_xact_id_if_assigned() AS xid WHERE xid IS NOT NULL RETURNING mark, xid::text AS xid`;

/** A COMMIT whose answer may be lost: afterwards the database is asked. */
class Commit {
  /** null: it has written nothing. */
  readonly #mark: Mark | null;
  readonly #name: string | null;

  constructor(mark: Mark | null, name: string | null) {
    this.#mark = mark;
    this.#name = name;
  }

  async run(run: RunSql): Promise<void> {
    if (this.#name === null || this.#mark === null) return await run({ sql: 'COMMIT' });
    await run({ sql: `PREPARE TRANSACTION '${this.#name}'` });
    await setTimeout(20);
    await run({ sql: `COMMIT PREPARED '${this.#name}'` });
  }

  async outcome(query: (sql: string) => Promise<{ rows: unknown[] }>): Promise<boolean> {
    if (this.#mark === null) return true;
    const { mark, xid } = this.#mark;
    for (;;) {
      if (this.#name !== null && (await query(`SELECT FROM pg_prepared_xacts WHERE gid = '${this.#name}'`)).rows.length)
        await query(`COMMIT PREPARED '${this.#name}'`);
      const running = `SELECT FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND transactionid::text = '${xid}'`;
      if (!(await query(running)).rows.length)
        return (await query(`SELECT FROM storm_commits WHERE mark = '${mark}'`)).rows.length > 0;
      await setTimeout(5);
    }
  }
}

/** What one transaction does to the keys it has taken. */
class KeyWork {
  readonly #shape: Shape;
  readonly #world: World;
  readonly #run: RunSql;
  readonly #fresh: Fresh;
  readonly #through: readonly Through[];
  readonly #keys: readonly number[];
  #changes = new Map<number, Row>();
  readonly #inserted = new Set<number>();

  constructor(
    shape: Shape,
    world: World,
    run: RunSql,
    fresh: Fresh,
    through: readonly Through[],
    keys: readonly number[],
  ) {
    this.#shape = shape;
    this.#world = world;
    this.#run = run;
    this.#fresh = fresh;
    this.#through = through;
    this.#keys = keys;
  }

  async write(): Promise<ReadonlyMap<number, Row>> {
    const { random } = this.#fresh;
    for (let n = 1 + random.upTo(3); n > 0; n--) {
      const undone = random.chance(0.1);
      const before = new Map(this.#changes);
      if (undone) await this.#run({ sql: 'SAVEPOINT s' });
      await this.#once(random.pick(this.#through));
      if (!undone) continue;
      await this.#run({ sql: 'ROLLBACK TO s' });
      this.#changes = before;
    }
    return this.#changes;
  }

  #rowOf(key: number): Row {
    return this.#changes.has(key) ? (this.#changes.get(key) ?? null) : (this.#world.rows.get(key) ?? null);
  }

  async #write(key: number, { after, ...statement }: Write): Promise<void> {
    await this.#run(statement);
    this.#changes.set(key, after);
  }

  async #once(side: Through): Promise<void> {
    const [shape, fresh, keys] = [this.#shape, this.#fresh, this.#keys];
    const { random } = fresh;
    const key = random.pick(keys);
    const row = this.#rowOf(key);
    if (!row) {
      this.#inserted.add(key);
      return await this.#write(key, shape.insert(side, key, fresh, !this.#through.includes('old')));
    }
    // A row that is inserted through one shape is in the other when the transaction commits: until then it is not there to update.
    if (side === 'new' && keys.some((k) => this.#inserted.has(k)))
      return await this.#write(key, shape.updateUnmapped(key, row, fresh));
    const live = keys.filter((k) => this.#rowOf(k));
    const free = keys.find((k) => !this.#rowOf(k));
    switch (random.upTo(11)) {
      case 0:
        return await this.#remove(random.chance(0.3) ? live : [key]);
      case 1:
        if (free === undefined) return await this.#write(key, shape.update(side, key, row, fresh));
        return await this.#move(key, free, row);
      case 2: {
        const many = shape.updateMany(side, live, fresh);
        await this.#run(many);
        for (const k of live) this.#changes.set(k, { ...this.#rowOf(k), ...many.change });
        return;
      }
      case 3:
        return await this.#write(key, shape.updateUnmapped(key, row, fresh));
      case 4:
        return await this.#write(key, shape.replace(side, key, row, fresh));
      case 5:
        if (side === 'new') return await this.#write(key, shape.update(side, key, row, fresh));
        this.#inserted.add(key);
        return await this.#write(key, { ...shape.reinsert(key), after: row });
      default:
        return await this.#write(key, shape.update(side, key, row, fresh));
    }
  }

  async #remove(keys: readonly number[]): Promise<void> {
    await this.#run(this.#shape.remove(keys, this.#fresh, !this.#through.includes('old')));
    for (const key of keys) this.#changes.set(key, null);
  }

  async #move(from: number, to: number, row: Row): Promise<void> {
    await this.#run(this.#shape.move(from, to, this.#fresh, !this.#through.includes('old')));
    this.#changes.set(from, null);
    this.#changes.set(to, row);
    if (this.#inserted.has(from)) this.#inserted.add(to);
  }
}
