import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { applyMigration } from '../../../src/app/apply-migration.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { rollbackMigration } from '../../../src/app/rollback-migration.ts';
import type { Connect } from '../../../src/database/database.ts';
import { isConnectionLost, isPassing } from '../../../src/database/sqlstate.ts';
import { LockkeeperError } from '../../../src/errors.ts';
import type { PhaseName } from '../../../src/events.ts';
import { sql } from '../../../src/sql/sql.ts';
import { spawnCli } from '../cli.ts';
import { mortal } from '../mortal.ts';
import { stepped, type Point } from '../stepped.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** One way of the migration, from where it is to a phase; null: everything is taken back. */
export interface Move {
  readonly to: PhaseName | null;
  readonly direction: 'forward' | 'back';
}

/** How a run ended: it arrived, was refused with what it said, or was ended by the fault it was given. */
export type Ended =
  | { readonly how: 'reached' }
  | { readonly how: 'refused'; readonly why: string }
  | { readonly how: 'drift' }
  | { readonly how: 'ended by the fault' }
  | { readonly how: 'failed'; readonly why: string };

/** Runs a move once, with a fault of its own choice or none. */
export type Executor = (move: Move, faulty: boolean, random: Random) => Promise<Ended>;

const shown = (error: unknown): string =>
  error instanceof LockkeeperError
    ? `${error.code}: ${error.message} ${error.hint}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

/** In this process: killed by ending every session at once, cut by ending one, frozen while another takes over. */
export function inProcess({ deps, connect, migration, world }: Driven): Executor {
  const run = (connection: Connect, { to, direction }: Move) => {
    const yes = { confirm: () => Promise.resolve(true), takeOver: true, ...(to ? { to } : {}) };
    const given = { ...deps, connect: connection };
    return direction === 'forward'
      ? applyMigration(given, { migration }, { ...yes, confirmContract: () => Promise.resolve(false) })
      : rollbackMigration(given, { migration }, yes);
  };
  const attempt = async (connection: Connect, move: Move, isFaulty: () => boolean): Promise<Ended> => {
    try {
      const { outcome, closedGates } = await run(connection, move);
      return outcome === 'reached' ? { how: 'reached' } : { how: 'refused', why: JSON.stringify(closedGates) };
    } catch (error) {
      if (error instanceof LockkeeperError && error.code === 'DRIFT') return { how: 'drift' };
      // Somebody's pg_cancel_backend is not always survived, but nothing is lost by it.
      const isCancelled = shown(error).includes('canceling statement due to user request');
      if (isCancelled) world.count('runs ended by a cancel');
      if (isFaulty() || isCancelled) return { how: 'ended by the fault' };
      return { how: 'failed', why: shown(error) };
    }
  };
  const ended = async (pid: number) => {
    const admin = await connect('executor', 'killer');
    await admin.query(sql`SELECT pg_terminate_backend(${pid})`).finally(() => admin.close());
  };

  const killed = async (move: Move, random: Random): Promise<Ended> => {
    const n = 1 + random.upTo(30);
    const { connect: connection, changes } = mortal(connect, n);
    const end = await attempt(connection, move, () => changes.length >= n);
    if (changes.length >= n) world.count('executors killed');
    return end;
  };

  const cut = async (move: Move, random: Random): Promise<Ended> => {
    let left = 1 + random.upTo(120);
    let lost = false;
    const connection = stepped(connect, async (point) => {
      if (point.role === 'read' || --left !== 0) return;
      lost = true;
      world.count('our sessions cut');
      world.tell(`cut our ${point.role} ${point.when} ${point.text.slice(0, 100)}`);
      await ended(point.session.pid);
    });
    const end = await attempt(connection, move, () => lost);
    return end;
  };

  /** Whether a run is some executor's: one that has released its run only tells of it, and there is nothing to take over. */
  const isHeld = async (): Promise<boolean> => {
    const admin = await connect('executor', 'frost');
    const held = admin.query(sql`SELECT FROM lockkeeper.run WHERE executor IS NOT NULL`);
    return (await held.finally(() => admin.close())).length > 0;
  };

  /** It stops in the middle, another takes over and ends, then it wakes: it must notice, and change nothing. */
  const frozen = async (move: Move, random: Random): Promise<Ended> => {
    const frost = new Frost(1 + random.upTo(100), isHeld);
    const zombie = run(stepped(connect, frost.at), move).then(
      () => 'reached',
      (error: unknown) => error,
    );
    const isFrozen = await Promise.race([frost.reached.then(() => true), zombie.then(() => false)]);
    if (!isFrozen) return await attempt(connect, move, () => false);
    world.count('executors frozen');
    world.tell(`frozen at ${frost.where}`);
    const end = await attempt(connect, move, () => false);
    frost.thaw();
    const what = await zombie;
    if (end.how === 'failed') return { ...end, why: `while another was frozen at ${frost.where}: ${end.why}` };
    if (what === 'reached') return { how: 'failed', why: `the zombie that was frozen at ${frost.where} went on` };
    return isExpectedOfZombie(what)
      ? end
      : { how: 'failed', why: `the zombie that was frozen at ${frost.where} ended with ${shown(what)}` };
  };

  return async (move, faulty, random) => {
    if (!faulty) return await attempt(connect, move, () => false);
    return await random.pick([killed, killed, cut, frozen])(move, random);
  };
}

/** What a storm drives. */
export interface Driven {
  readonly deps: Deps;
  readonly connect: Connect;
  readonly migration: string;
  readonly world: World;
}

/** In this process, while the server crashes and comes back. */
export const crashing =
  (server: { readonly crash: () => Promise<void>; readonly start: () => Promise<void> }) =>
  ({ deps, connect, migration, world }: Driven): Executor => {
    const plain = inProcess({ deps, connect, migration, world });
    return async (move, faulty, random) => {
      const run = plain(move, false, random);
      if (!faulty) return await run;
      const ended = await Promise.race([run, setTimeout(50 + random.upTo(1200), null)]);
      if (ended) return ended;
      await server.crash();
      world.count('server crashes');
      world.tell('the server crashed');
      await server.start();
      const after = await run;
      const isLost = after.how === 'failed' && /CONNECTION_FAILED|57P0|terminat|starting up|ECONN/.test(after.why);
      return isLost ? { how: 'ended by the fault' } : after;
    };
  };

/** Its session was ended, or its token is another's; what it had to say is then that. */
function isExpectedOfZombie(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (isConnectionLost(at) || isPassing(at) || (at instanceof LockkeeperError && at.code === 'EXECUTOR_REPLACED'))
      return true;
  return false;
}

class Frost {
  where = '';
  #isClaimed = false;
  #left: number;
  #wake: () => void = () => undefined;
  #arrive: () => void = () => undefined;
  readonly #over: Promise<void>;
  readonly #isHeld: () => Promise<boolean>;
  readonly reached: Promise<void>;

  constructor(n: number, isHeld: () => Promise<boolean>) {
    this.#left = n;
    this.#isHeld = isHeld;
    this.#over = new Promise((resolve) => (this.#wake = resolve));
    this.reached = new Promise((resolve) => (this.#arrive = resolve));
  }

  /** From the n-th moment after it has claimed the run, everything stands still, unless it has released the run by then. */
  at = async ({ role, when, text }: Point): Promise<void> => {
    this.#isClaimed ||= when === 'after' && text.includes('SET token = token + 1');
    if (role === 'read' || !this.#isClaimed || --this.#left > 0) return;
    if (!this.where) {
      if (!(await this.#isHeld())) return;
      this.where = `${role} ${when} ${text.slice(0, 120)}`;
      this.#arrive();
    }
    await this.#over;
  };

  thaw(): void {
    this.#wake();
  }
}

/** The command in a process of its own: killed by SIGKILL, or stopped by SIGSTOP while another takes over. */
export function inProcesses(url: string, document: string, world: World): Executor {
  const start = ({ to, direction }: Move) => {
    const verb = direction === 'forward' ? 'apply' : 'rollback';
    const args = [verb, document, ...(to ? ['--to', to] : []), '--yes', '--take-over', '--database-url', url];
    const child = spawnCli(args, { cwd: process.cwd() });
    child.stdin.end();
    const end = Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]).then(([out, err, [code]]) => ({ code, output: `${out}\n${err}` }));
    world.count('processes');
    return { child, end };
  };
  const told = ({ code, output }: { code: number | null; output: string }): Ended => {
    if (code === 0) return { how: 'reached' };
    // Somebody's pg_cancel_backend is not always survived, not even while connecting.
    const isCancelled = output.includes('canceling statement due to user request');
    if (code === null || isCancelled) return { how: 'ended by the fault' };
    if (output.includes('DRIFT') || output.includes('differs from what the plan expects')) return { how: 'drift' };
    return code === 3 ? { how: 'refused', why: output } : { how: 'failed', why: `exit ${code}: ${output}` };
  };

  const killed = async (move: Move, random: Random): Promise<Ended> => {
    const { child, end } = start(move);
    const over = new AbortController();
    void setTimeout(300 + random.upTo(1500), null, { signal: over.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    const result = await end.finally(() => over.abort());
    if (result.code === null) world.count('executors killed');
    return told(result);
  };

  const frozen = async (move: Move, random: Random): Promise<Ended> => {
    const zombie = start(move);
    await Promise.race([setTimeout(300 + random.upTo(1500)), zombie.end]);
    if (zombie.child.exitCode !== null) return told(await zombie.end);
    zombie.child.kill('SIGSTOP');
    world.count('executors frozen');
    const end = told(await start(move).end);
    zombie.child.kill('SIGCONT');
    const { code, output } = await zombie.end;
    // It had all but ended when it was stopped; or it had only begun to plan, and what the other created is not its own.
    const isHarmless = code === 0 || code === 3 || (code === 2 && output.includes('NAME_TAKEN'));
    const isWell =
      isHarmless || (code === 1 && /EXECUTOR_REPLACED|CONNECTION_FAILED|lost|another executor/i.test(output));
    return isWell ? end : { how: 'failed', why: `the zombie ended with ${String(code)}: ${output}` };
  };

  return async (move, faulty, random) => {
    if (!faulty) return told(await start(move).end);
    return await random.pick([killed, killed, frozen])(move, random);
  };
}
