import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Random } from './random.ts';
import type { Row, Shape, Through, Write } from './shape.ts';
import type { World } from './world.ts';

const KEYS = 60;
const levels = ['READ COMMITTED', 'READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

/** What may happen to an application without us too: it tries again. Anything else is a failure of ours. */
const retried = new Set(['40001', '40P01']);

export interface StormFailure {
  readonly code: string;
  readonly level: string;
  readonly statement: string;
  readonly message: string;
}

/** One session of the application, until the world stops. Returns what should never have happened. */
export async function runWriter(url: string, shape: Shape, world: World, random: Random): Promise<StormFailure[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'application' });
  await client.connect();
  const failures: StormFailure[] = [];
  try {
    while (!world.stopped) {
      await oneTransaction(client, shape, world, random, failures);
      await setTimeout(random.upTo(40)); // an application that thinks
    }
  } finally {
    await client.end();
  }
  return failures;
}

async function oneTransaction(
  client: pg.Client,
  shape: Shape,
  world: World,
  random: Random,
  failures: StormFailure[],
): Promise<void> {
  const through = chooseThrough(world, random);
  const isNoise = random.chance(0.15);
  const keys = isNoise
    ? []
    : [...new Set(Array.from({ length: 1 + random.upTo(3) }, () => 1 + random.upTo(KEYS)))].sort((a, b) => a - b);
  if (!through.length || !world.use(through)) return await setTimeout(5);
  if (!world.take(keys)) {
    world.leave(through);
    return await setTimeout(1);
  }
  const level = random.pick(levels);
  const statements: string[] = [];
  const run = async (sql: string) => {
    statements.push(sql);
    await client.query(sql);
  };
  const tell = (end: string) => {
    if (keys.length) world.tell(`${through.join('+')} ${statements.join('; ')} → ${end}`, keys);
  };
  try {
    await run(`BEGIN ISOLATION LEVEL ${level}`);
    const changes = isNoise
      ? await writeNoise(run, shape, through, random)
      : await writeKeys(run, shape, world, keys, through, random);
    if (random.chance(0.03)) await setTimeout(random.upTo(1500)); // a slow transaction
    if (random.chance(0.08)) {
      await run('ROLLBACK');
      world.counts.rolledBack++;
    } else {
      await run('COMMIT');
      world.acknowledge(changes);
    }
    tell('done');
    world.counts.transactions++;
  } catch (error) {
    const { code = 'none', message } = error as { code?: string; message: string };
    world.failed(`${code} ${level}`);
    tell(`${code} ${message}`);
    await client.query('ROLLBACK');
    if (!retried.has(code)) failures.push({ code, level, statement: statements.at(-1) ?? '', message });
  } finally {
    world.give(keys);
    world.leave(through);
  }
}

/** Old code, new code, or one transaction of both. */
function chooseThrough(world: World, random: Random): readonly Through[] {
  const wanted = random.pick<readonly Through[]>([['old'], ['new'], ['old', 'new']]);
  return wanted.filter((side) => world.allowed[side]);
}

type RunSql = (sql: string) => Promise<void>;

async function writeKeys(
  run: RunSql,
  shape: Shape,
  world: World,
  keys: readonly number[],
  through: readonly Through[],
  random: Random,
): Promise<Map<number, Row>> {
  const changes = new Map<number, Row>();
  const inserted = new Set<number>();
  const rowOf = (key: number): Row => (changes.has(key) ? (changes.get(key) ?? null) : (world.rows.get(key) ?? null));
  for (let n = 1 + random.upTo(3); n > 0; n--) {
    const undone = random.chance(0.1);
    const before = new Map(changes);
    if (undone) await run('SAVEPOINT s');
    await writeOnce(run, shape, keys, random.pick(through), rowOf, changes, inserted, !world.allowed.old, random);
    if (!undone) continue;
    await run('ROLLBACK TO s');
    changes.clear();
    for (const [key, row] of before) changes.set(key, row);
  }
  return changes;
}

async function writeOnce(
  run: RunSql,
  shape: Shape,
  keys: readonly number[],
  side: Through,
  rowOf: (key: number) => Row,
  changes: Map<number, Row>,
  inserted: Set<number>,
  complete: boolean,
  random: Random,
): Promise<void> {
  const key = random.pick(keys);
  const row = rowOf(key);
  const write = async ({ sql, after }: Write) => {
    await run(sql);
    changes.set(key, after);
  };
  if (!row) {
    inserted.add(key);
    return await write(shape.insert(side, key, random, complete));
  }
  // A row that is inserted through one shape is in the other when the transaction commits: until then it is not there to update.
  if (side === 'new' && keys.some((k) => inserted.has(k))) return await write(shape.updateUnmapped(key, row, random));
  const live = keys.filter((k) => rowOf(k));
  const free = keys.find((k) => !rowOf(k));
  switch (random.upTo(8)) {
    case 0:
      return await write({ sql: shape.remove(key), after: null });
    case 1:
      if (free === undefined) return await write(shape.update(side, key, row, random));
      await run(shape.move(key, free));
      changes.set(key, null);
      changes.set(free, row);
      return;
    case 2: {
      const many = shape.updateMany(side, live, random);
      if (!many) return;
      await run(many.sql);
      for (const k of live) changes.set(k, { ...rowOf(k), ...many.change });
      return;
    }
    case 3:
      return await write(shape.updateUnmapped(key, row, random));
    default:
      return await write(shape.update(side, key, row, random));
  }
}

/** Hot keys that everybody writes at once. */
async function writeNoise(
  run: RunSql,
  shape: Shape,
  through: readonly Through[],
  random: Random,
): Promise<Map<number, Row>> {
  for (let n = 1 + random.upTo(2); n > 0; n--)
    await run(shape.noise(random.pick(through), 1000 + random.upTo(5), random));
  return new Map();
}
