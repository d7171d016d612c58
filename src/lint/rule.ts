import type { AlterTableCmd, AlterTableType, ColumnDef, Constraint, Node } from '@pgsql/types';
import type { NodeKind } from './nodes.ts';
import type { Statement } from './statement.ts';
import type { Span } from './tokens.ts';
import type { LockMode } from './world/lock-mode.ts';
import type { Relation } from './world/objects.ts';
import type { Transaction } from './world/session.ts';
import type { World } from './world/world.ts';

/** Worst first. */
export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** What is done to every row of a table, or for every row, while its lock is held. */
export type Work = 'rewrite' | 'scan' | 'index build';

/** How the runner sends a file: in one transaction, statement by statement, or as one string, which is a transaction when it holds several statements. */
export type Wrapping = 'file' | 'statement' | 'batch';

/** One action of an ALTER TABLE. */
export interface Command {
  readonly type: AlterTableType;
  /** The column or constraint it names. */
  readonly name: string;
  readonly node: AlterTableCmd;
  readonly column: ColumnDef | undefined;
  readonly constraint: Constraint | undefined;
  readonly table: Relation;
  /** Its place, found when asked for. */
  readonly at: Span;
}

/** What a rule may know: one statement, and the database before it. */
export interface Context {
  readonly statement: Statement;
  readonly node: Node;
  /** As the statements before left it. Rules read it and never change it. */
  readonly world: World;
  readonly transaction: Transaction | null;
  /** The major version of the server. */
  readonly pg: number;
  /** The actions of an ALTER TABLE; empty for other statements. */
  readonly commands: readonly Command[];
  /** All that are run with it, in their order; those of a DO block follow the block. */
  readonly statements: readonly Statement[];
  readonly position: number;
  readonly wrapping: Wrapping;
  /** The file's text, for places and for rewriting. */
  readonly text: string;
}

/** One danger in one statement. */
export interface Report {
  readonly message: string;
  /** The whole statement when not given. */
  readonly at?: Span;
  /** The user's own statement, written safely. */
  readonly fix?: string | null;
  /** When they are not those of the rule. */
  readonly lock?: LockMode | null;
  readonly blocks?: string | null;
}

/** SQL that shows a rule; with what has to be known to judge it. */
export interface Example {
  readonly sql: string;
  readonly pg?: number;
  readonly transaction?: Wrapping;
  /** What is there before. */
  readonly schema?: string;
  /** Exactly the text that is found; without it, the last statement is where it is found. */
  readonly at?: string;
}

/** A kind of statement, or an action of an ALTER TABLE. */
export type Subject = NodeKind | AlterTableType;

export interface Rule {
  /** Also the name of its file. */
  readonly id: string;
  readonly severity: Severity;
  /** Off unless a project turns it on. */
  readonly optIn?: true;
  /** What its fix leads to is the same schema, so that `--fix` may write it. */
  readonly fixable?: true;
  /** The harm is as long as the table is large: none when it is known to be small. */
  readonly scales?: true;
  /** What it finds, in a line. */
  readonly summary: string;
  readonly why: string;
  readonly lock: LockMode | null;
  /** What waits meanwhile, and for how long. */
  readonly blocks: string | null;
  /** What the lock is held for: one of these at least. Without, the lock alone is the danger. */
  readonly work?: readonly Work[];
  /** Where versions of PostgreSQL differ. */
  readonly versions?: string;
  readonly bad: readonly (string | Example)[];
  readonly good: readonly (string | Example)[];
  /** The kinds of statement, and the actions of an ALTER TABLE, that it looks at: it is asked about no others. */
  readonly on: readonly Subject[] | 'any';
  readonly check: (context: Context) => Iterable<Report>;
}
