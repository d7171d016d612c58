import { isDeepStrictEqual } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import { phaseNames, type PhaseName } from '../../../src/events.ts';
import { raw } from '../../../src/sql/sql.ts';
import type { Connect } from '../../../src/database/database.ts';
import { migrate } from '../example.ts';
import { runToTheEnd } from './executor.ts';
import { Random } from './random.ts';
import type { Row, Shape } from './shape.ts';
import { runWriter } from './writer.ts';
import { World } from './world.ts';

const WRITERS = 8;

export interface StormReport {
  readonly seed: number;
  readonly transactions: number;
  readonly rolledBack: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly moves: readonly string[];
  readonly runs: number;
  readonly kills: number;
  readonly checks: number;
  /** Everything that should not have happened; empty when all is well. */
  readonly failures: readonly string[];
}

export interface StormOptions {
  readonly url: string;
  readonly connect: Connect;
  readonly shape: Shape;
  readonly seed: number;
  readonly ms: number;
  readonly say?: (line: string) => void;
}

/** Writers through both shapes while a migration goes forward and back under them and its executor is killed again and again. */
export async function storm({
  url,
  connect,
  shape,
  seed,
  ms,
  say = () => undefined,
}: StormOptions): Promise<StormReport> {
  const random = new Random(seed);
  const world = new World();
  const counts = { kills: 0, runs: 0, checks: 0 };
  const moves: string[] = [];
  const failures: string[] = [];
  const writers = Array.from({ length: WRITERS }, (_, i) => runWriter(url, shape, world, random.fork(`writer ${i}`)));
  const conductor = random.fork('conductor');
  const m = migrate(connect, shape.migration);
  const tell = (line: string) => {
    world.tell(line);
    say(line);
  };
  const until = Date.now() + ms;
  let at: PhaseName | null = null;
  try {
    while (Date.now() < until && !failures.length) {
      const to = chooseMove(at, conductor);
      moves.push(to ?? 'nothing');
      tell(`${at ?? 'nothing'} → ${to ?? 'nothing'} …`);
      await prepare(world, at, to);
      if (at) await openGates(m);
      const ended = await drive(url, shape, conductor, counts, at, to, m, tell);
      if (ended) failures.push(`${at ?? 'nothing'} → ${to ?? 'nothing'}: ${ended}`);
      at = to;
      tell(`at ${at ?? 'nothing'}`);
      allow(world, at);
      await setTimeout(200 + conductor.upTo(800)); // the application writes in this phase for a while
      if (at && conductor.chance(0.5)) {
        failures.push(...(await quietly(world, () => compare(connect, shape, world, at, m))));
        counts.checks++;
      }
    }
  } finally {
    world.stopped = true;
  }
  for (const found of (await Promise.all(writers)).flat())
    failures.push(`the application got ${found.code} (${found.level}): ${found.message} in ${found.statement}`);
  failures.push(...(await compare(connect, shape, world, at, m)));
  return {
    seed,
    transactions: world.counts.transactions,
    rolledBack: world.counts.rolledBack,
    errors: Object.fromEntries(world.counts.errors),
    moves,
    ...counts,
    failures,
  };
}

const indexOf = (phase: PhaseName | null) => (phase === null ? -1 : phaseNames.indexOf(phase));

/** Forward more often than back, and anywhere. */
function chooseMove(at: PhaseName | null, random: Random): PhaseName | null {
  const here = indexOf(at);
  const forward = phaseNames.slice(here + 1);
  const back: readonly (PhaseName | null)[] = [null, ...phaseNames.slice(0, Math.max(0, here))];
  if (at === null) return random.pick(forward);
  if (!forward.length) return random.pick(back);
  return random.chance(0.65) ? random.pick(forward) : random.pick(back);
}

/** A deployment: code that the next phase cannot serve has ended before. */
async function prepare(world: World, at: PhaseName | null, to: PhaseName | null): Promise<void> {
  if (to === 'contract') world.allowed.old = false;
  if (indexOf(to) < indexOf('dual-write')) world.allowed.new = false;
  if (to === 'contract' && indexOf(at) >= indexOf('dual-write')) world.allowed.new = true;
  while ((!world.allowed.old && world.isUsed('old')) || (!world.allowed.new && world.isUsed('new')))
    await setTimeout(5);
}

function allow(world: World, at: PhaseName | null): void {
  world.allowed.old = at !== 'contract';
  world.allowed.new = indexOf(at) >= indexOf('dual-write');
}

type Engine = ReturnType<typeof migrate>;

/** Null, or why it did not arrive. */
async function drive(
  url: string,
  shape: Shape,
  random: Random,
  counts: { kills: number; runs: number },
  at: PhaseName | null,
  to: PhaseName | null,
  m: Engine,
  tell: (line: string) => void,
): Promise<string | null> {
  const forward = indexOf(to) > indexOf(at);
  const args = forward
    ? ['apply', shape.migration, '--to', to ?? '']
    : ['rollback', shape.migration, ...(to ? ['--to', to] : [])];
  for (let attempt = 1; attempt <= 5; attempt++) {
    const { code, output } = await runToTheEnd(url, args, random, counts, tell);
    const phase = (await m.run())?.phase ?? null;
    if (code === 0 && phase === to) return null;
    // A gate that a person opens, or values that do not fit: the person comes.
    if (code !== 3) return `exit ${code}, at ${phase ?? 'nothing'}: ${output}`;
    if (attempt === 5) return `still refused: ${output}`;
    await openGates(m);
  }
  return null;
}

/** Later than the archiving there is nothing left to accept. */
async function openGates(m: Engine): Promise<void> {
  await m.approveAll();
  if ((await m.run())?.phase !== 'contract') await m.accept().catch(() => undefined);
}

/** While nobody writes. */
async function quietly<T>(world: World, work: () => Promise<T>): Promise<T> {
  const before = { ...world.allowed };
  world.allowed.old = world.allowed.new = false;
  while (world.isUsed('old') || world.isUsed('new')) await setTimeout(5);
  try {
    return await work();
  } finally {
    Object.assign(world.allowed, before);
  }
}

/** Each shape that is in use must say what the application was told, and both the same. */
async function compare(
  connect: Connect,
  shape: Shape,
  world: World,
  at: PhaseName | null,
  m: Engine,
): Promise<string[]> {
  const found: string[] = [];
  const session = await connect('watch');
  await session.execute(raw('SET search_path = public'));
  const looks = [
    ...(at === 'contract' ? [] : [['old', shape.readOld] as const]),
    ...(indexOf(at) >= indexOf('dual-write') ? [['new', shape.readNew] as const] : []),
  ];
  try {
    for (const [side, query] of looks) {
      const rows = new Map(
        (await session.query<{ key: number } & NonNullable<Row>>(raw(query))).map(({ key, ...row }) => [key, row]),
      );
      for (const key of new Set([...rows.keys(), ...world.rows.keys()])) {
        if (key >= 1000) continue;
        const [is, should] = [rows.get(key) ?? null, world.rows.get(key) ?? null];
        if (!isDeepStrictEqual(sorted(is), sorted(should)))
          found.push(
            `at ${at ?? 'nothing'} the ${side} shape holds for ${key} ${JSON.stringify(is)}, not ${JSON.stringify(should)}\n${world.storyOf(key)}`,
          );
      }
    }
  } finally {
    await session.close();
  }
  if (at === 'dual-write' || at === 'switch') {
    const { ok, mappings } = await m.verify();
    if (!ok) found.push(`at ${at} verify finds differences: ${JSON.stringify(mappings.filter((x) => !x.ok))}`);
  }
  return found;
}

const sorted = (row: Row) => row && Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
