import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { phaseNames, type PhaseName } from '../../../src/events.ts';
import { raw } from '../../../src/sql/sql.ts';
import type { Connect } from '../../../src/database/database.ts';
import { asApplication } from '../as-application.ts';
import { migrate } from '../example.ts';
import { compare } from './compare.ts';
import { inProcess, inProcesses, type Driven, type Ended, type Executor, type Move } from './executor.ts';
import { Meddler } from './meddler.ts';
import { Random } from './random.ts';
import { makeColumnShape } from './column-shape.ts';
import { makeJsonShape } from './json-shape.ts';
import type { Shape } from './shape.ts';
import { World } from './world.ts';
import { commits, Writer, type Pacing } from './writer.ts';

const WRITERS = 8;
/** As it is from 15 on: the application's triggers look for their tables there. */
const safe = 'REVOKE CREATE ON SCHEMA public FROM PUBLIC';

/** Short ones are driven in this process; long ones by the command in processes of their own. */
export interface Kind {
  readonly moves: number;
  readonly fillers: number;
  readonly pacing: Pacing;
  readonly processes: boolean;
  /** Whether somebody does things by hand meanwhile. */
  readonly meddles: boolean;
}

export const short: Kind = {
  moves: 3,
  fillers: 1000,
  pacing: { thinkMs: 120, slowMs: 300 },
  processes: false,
  meddles: true,
};
export const long: Kind = {
  moves: 5,
  fillers: 8000,
  pacing: { thinkMs: 40, slowMs: 1000 },
  processes: true,
  meddles: true,
};

export interface StormReport {
  readonly seed: number;
  readonly shape: string;
  readonly moves: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly ms: number;
  /** Everything that should not have happened; empty when all is well. */
  readonly failures: readonly string[];
}

export interface StormOptions {
  readonly url: string;
  readonly connect: Connect;
  readonly kind: Kind;
  readonly seed: number;
  readonly say?: (line: string) => void;
  /** In place of the kind's own. */
  readonly executor?: (driven: Driven) => Executor;
}

/** The case of the storm that a seed stands for. */
const shapeOf = (seed: number, kind: Kind): Shape => {
  const random = new Random(seed, 'shape');
  return random.chance(0.65) ? makeJsonShape(random, kind.fillers) : makeColumnShape(random, kind.fillers);
};

/** Writers through both shapes while a migration goes forward and back under them, its executor fails and others meddle. */
export async function storm(options: StormOptions): Promise<StormReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-storm-'));
  try {
    const shape = shapeOf(options.seed, options.kind);
    const migration = join(folder, 'migration.yaml');
    await writeFile(migration, shape.document);
    return await new Conductor(options, shape, migration).conduct();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const indexOf = (phase: PhaseName | null) => (phase === null ? -1 : phaseNames.indexOf(phase));
const called = (phase: PhaseName | null) => phase ?? 'nothing';

class Conductor {
  readonly #world = new World();
  readonly #random: Random;
  readonly #options: StormOptions;
  readonly #shape: Shape;
  readonly #connect: Connect;
  readonly #m: ReturnType<typeof migrate>;
  readonly #execute: Executor;
  readonly #meddler: Meddler;
  readonly #moves: string[] = [];
  readonly #failures: string[] = [];
  #at: PhaseName | null = null;

  constructor(options: StormOptions, shape: Shape, migration: string) {
    const seeded = new Random(options.seed);
    this.#options = options;
    this.#shape = shape;
    this.#random = seeded.fork('conductor');
    this.#connect = async (role, name) => {
      const session = await options.connect(role, name);
      this.#world.ours.add(session.pid);
      return session;
    };
    this.#m = migrate(this.#connect, migration);
    const driven = { deps: this.#m.deps, connect: this.#connect, migration, world: this.#world };
    this.#execute =
      options.executor?.(driven) ??
      (options.kind.processes ? inProcesses(options.url, migration, this.#world) : inProcess(driven));
    this.#meddler = new Meddler(asApplication(options.connect), shape, this.#world, seeded.fork('meddler'));
  }

  async conduct(): Promise<StormReport> {
    const { seed, url, kind } = this.#options;
    const started = Date.now();
    const [world, seeded] = [this.#world, new Random(seed)];
    const merges = await this.#prepare();
    const writers = Array.from(
      { length: WRITERS },
      (_, i) => new Writer(url, this.#shape, world, seeded.fork(`writer ${i}`), i, kind.pacing, merges),
    );
    const others = [...writers.map((w) => w.write()), ...(kind.meddles ? [this.#meddler.meddle()] : [])].map((work) =>
      work.catch((error: unknown) => void this.#failures.push(`a bystander failed: ${String(error)}`)),
    );
    try {
      for (let n = 0; n < kind.moves && !this.#failures.length && !writers.some((w) => w.failures.length); n++)
        await this.#move();
    } catch (error) {
      this.#failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      world.stopped = true;
    }
    await Promise.all(others);
    this.#failures.push(...writers.flatMap((w) => w.failures), ...this.#meddler.failures);
    if (!this.#failures.length) await this.#check();
    await this.#countDeadlocks();
    return {
      seed,
      shape: this.#shape.name,
      moves: this.#moves,
      counts: world.counts,
      errors: world.errors,
      ms: Date.now() - started,
      failures: this.#failures,
    };
  }

  /** Makes the tables; true where the server knows MERGE. */
  async #prepare(): Promise<boolean> {
    const session = await asApplication(this.#connect)('executor', 'storm');
    try {
      await session.execute(raw(`${safe}; ${this.#shape.before}; ${commits}`));
      const [server] = await session.query<{ merges: boolean }>(
        raw(`SELECT current_setting('server_version_num')::int >= 150000 AS merges`),
      );
      return server?.merges ?? false;
    } finally {
      await session.close();
    }
  }

  #tell(line: string): void {
    this.#world.tell(line);
    this.#options.say?.(line);
  }

  async #move(): Promise<void> {
    const random = this.#random;
    const to = this.#chooseMove();
    const direction = indexOf(to) > indexOf(this.#at) ? 'forward' : 'back';
    this.#moves.push(called(to));
    this.#tell(`${called(this.#at)} → ${called(to)} …`);
    if (random.chance(0.12) && this.#options.kind.meddles) await this.#meddler.changeByHand();
    await this.#deploy(to);
    if (this.#at) await this.#openGates();
    const failure = await this.#drive({ to, direction });
    if (failure) return void this.#failures.push(`${called(this.#at)} → ${called(to)}: ${failure}`);
    if (to === null) this.#world.forget(this.#shape.forgotten);
    this.#at = to;
    this.#tell(`at ${called(to)}`);
    this.#world.allowed.old = to !== 'contract';
    this.#world.allowed.new = indexOf(to) >= indexOf('dual-write');
    await setTimeout(50 + random.upTo(400)); // the application writes in this phase for a while
    if (random.chance(0.5)) await this.#check();
  }

  /** Forward more often than back, and anywhere. */
  #chooseMove(): PhaseName | null {
    const [random, here] = [this.#random, indexOf(this.#at)];
    const forward = phaseNames.slice(here + 1);
    const back: readonly (PhaseName | null)[] = [null, ...phaseNames.slice(0, Math.max(0, here))];
    if (this.#at === null) return random.pick(forward);
    if (!forward.length) return random.pick(back);
    return random.chance(0.65) ? random.pick(forward) : random.pick(back);
  }

  /** A deployment: code that the next phase cannot serve has ended before. */
  async #deploy(to: PhaseName | null): Promise<void> {
    const { allowed } = this.#world;
    if (to === 'contract') allowed.old = false;
    if (indexOf(to) < indexOf('dual-write')) allowed.new = false;
    await this.#unused();
  }

  async #unused(): Promise<void> {
    const world = this.#world;
    while ((!world.allowed.old && world.isUsed('old')) || (!world.allowed.new && world.isUsed('new')))
      await setTimeout(5);
  }

  /** Null, or why it did not arrive. */
  async #drive(move: Move): Promise<string | null> {
    const random = this.#random;
    for (let attempt = 1; ; attempt++) {
      const ended = await this.#execute(move, attempt < 5 && random.chance(0.55), random.fork(`attempt ${attempt}`));
      this.#world.count('runs');
      this.#tell(`${move.direction} ended: ${JSON.stringify(ended)}`);
      const phase = (await this.#m.run())?.phase ?? null;
      if (ended.how === 'reached' && phase === move.to) return null;
      if (ended.how === 'reached') return `it says that it arrived, and is at ${called(phase)}`;
      if (ended.how === 'failed') return `at ${called(phase)}: ${ended.why}`;
      if (attempt > 12) return `it does not arrive: ${JSON.stringify(ended)}`;
      const refused = await this.#settle(ended);
      if (refused) return refused;
    }
  }

  /** A person comes and does what a refusal asks for; null, or why nobody can. */
  async #settle(ended: Ended): Promise<string | null> {
    if (ended.how === 'drift') {
      this.#world.count('drift refused');
      return (await this.#meddler.undoByHand()) ? null : 'drift that nobody caused';
    }
    if (ended.how !== 'refused') return null;
    if (ended.why.includes('"gate":"parity"')) {
      await this.#check('dual-write');
      return `parity is not exact: ${ended.why}`;
    }
    await this.#openGates();
    return null;
  }

  /** Later than the archiving there is nothing left to accept. */
  async #openGates(): Promise<void> {
    await this.#m.approveAll();
    if ((await this.#m.run())?.phase !== 'contract') await this.#m.accept().catch(() => undefined);
  }

  /** While nobody writes. */
  async #check(at = this.#at): Promise<void> {
    const before = { ...this.#world.allowed };
    this.#world.allowed.old = this.#world.allowed.new = false;
    await this.#unused();
    this.#failures.push(...(await compare(asApplication(this.#connect), this.#shape, this.#world, at, this.#m)));
    this.#world.count('comparisons');
    Object.assign(this.#world.allowed, before);
  }

  /** Those that the database saw, and how many of them the application lost. */
  async #countDeadlocks(): Promise<void> {
    const session = await this.#connect('watch');
    const [row] = await session
      .query<{ n: number }>(raw(`SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()`))
      .finally(() => session.close());
    this.#world.count('deadlocks', row?.n ?? 0);
  }
}
