import type { TransactionStmt } from '@pgsql/types';
import { commandsOf } from './context.ts';
import type { Dispatch } from './dispatch.ts';
import { locksOf } from './locks.ts';
import { as } from './nodes.ts';
import type { Context, Report, Rule, Wrapping } from './rule.ts';
import type { Statement } from './statement.ts';
import { apply } from './world/apply.ts';
import { atLeast } from './world/lock-mode.ts';
import { keyOf } from './world/objects.ts';
import type { HeldLock } from './world/session.ts';
import type { World } from './world/world.ts';

/** What a rule found in a statement. */
export interface Found extends Report {
  readonly rule: Rule;
  readonly statement: Statement;
}

export interface Reading {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly wrapping: Wrapping;
  readonly pg: number;
  readonly rulesFor: Dispatch;
}

/** Runs the statements that belong together in the simulated database, and the rules before each. */
export function runSection(world: World, reading: Reading): readonly Found[] {
  const { session } = world;
  const { statements, wrapping } = reading;
  if (wrapping === 'file') session.begin('runner');
  const isString = wrapping === 'batch' && statements.filter(({ block }) => block === null).length > 1;
  const found = statements.flatMap((statement, position) => {
    leaveBlock(world, statement);
    if (isString && session.transaction === null) session.begin('server');
    enterBlock(world, statement);
    session.nextStatement();
    const reports = check(world, reading, statement, position);
    step(world, statement, reading.pg, position);
    return reports;
  });
  if (session.transaction?.by === 'file' && wrapping === 'statement') session.rollback();
  else session.commit();
  return found;
}

function check(world: World, reading: Reading, statement: Statement, position: number): readonly Found[] {
  const { text, statements, wrapping, pg, rulesFor } = reading;
  const { transaction } = world.session;
  const commands = commandsOf(statement, world);
  const context: Context = {
    statement,
    node: statement.node,
    world,
    transaction,
    pg,
    commands,
    statements,
    position,
    wrapping,
    text,
  };
  const found: Found[] = [];
  for (const rule of rulesFor(statement))
    for (const report of rule.check(context))
      found.push({ ...report, ...((statement.block || statement.masked) && { fix: null }), rule, statement });
  return found;
}

/** A DO block is a transaction of its own unless it is inside one. */
function enterBlock({ session }: World, { block }: Statement): void {
  if (block !== null && session.transaction === null) session.begin('block');
}

function leaveBlock({ session }: World, { block }: Statement): void {
  if (block === null && session.transaction?.by === 'block') session.commit();
}

function step(world: World, { node, opaque }: Statement, pg: number, position: number): void {
  const transaction = as(node, 'TransactionStmt');
  if (transaction) change(world, transaction);
  else if (!opaque) {
    if (world.session.transaction) world.session.hold(newLocks(world, node, pg, position));
    apply(world, node);
  }
}

/** The locks that block somebody's work and are not held yet. */
function newLocks(world: World, node: Statement['node'], pg: number, position: number): readonly HeldLock[] {
  return locksOf(node, world, pg)
    .filter(({ relation, mode }) => atLeast(mode, 'SHARE') && !world.isNew(relation.origin) && !relation.temporary)
    .map(({ relation, mode }) => ({ relation: keyOf(relation), kind: relation.kind, mode, position }))
    .filter(({ relation, mode }) => !world.session.holds(relation, mode));
}

const begin = (session: World['session']): void => {
  if (session.transaction === null) session.begin('file');
  else if (session.transaction.by === 'server') session.takeOver();
};

const end = (session: World['session'], how: 'commit' | 'rollback', chain = false): void => {
  if (session.transaction === null) return;
  session[how]();
  if (chain) session.begin('file');
};

function change({ session }: World, { kind, chain, savepoint_name: savepoint = '' }: TransactionStmt): void {
  if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') begin(session);
  else if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_PREPARE') end(session, 'commit', chain);
  else if (kind === 'TRANS_STMT_ROLLBACK') end(session, 'rollback', chain);
  else if (kind === 'TRANS_STMT_SAVEPOINT') session.savepoint(savepoint);
  else if (kind === 'TRANS_STMT_ROLLBACK_TO') session.rollbackTo(savepoint);
}
