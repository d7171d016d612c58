/** What a piece of a specification is about. */
export const slots = [
  ...[
    'summary',
    'current',
    'target',
    'functional',
    'nonfunctional',
    'compatibility',
    'downtime',
    'scale',
    'performance',
  ],
  ...[
    'acceptance',
    'rollback',
    'rollout',
    'dependencies',
    'exclusions',
    'risks',
    'questions',
    'alternatives',
    'priority',
  ],
] as const;
export type Slot = (typeof slots)[number];

/** Where something stands: a line of the Markdown, or a block of a Notion page. */
export interface Place {
  readonly line: number | null;
  readonly block: string | null;
}

/** Something that the specification says, in its own words. */
export interface Fact extends Place {
  readonly slot: Slot;
  readonly text: string;
  /** The requirement's own id, such as FR-2.1; null without one. */
  readonly id: string | null;
  readonly priority: Priority | null;
  /** What made it this: a label, a heading, a phrase, … */
  readonly rule: string;
  /** Names in code spans, and those that the words call tables or columns. */
  readonly names: readonly Name[];
  /** Numbers with their unit, for scale, performance and downtime. */
  readonly measures: readonly Measure[];
  /** Acceptance criteria only: something that can be checked, not a wish. */
  readonly testable: boolean | null;
}

export const priorities = ['must', 'should', 'could', 'wont'] as const;
export type Priority = (typeof priorities)[number];

export interface Name {
  readonly kind: 'table' | 'column' | 'name';
  readonly name: string;
}

export interface Measure {
  /** `>=` for "1M+" and "at least", `<=` for "under 50 ms"; `=` otherwise. */
  readonly comparison: '>=' | '<=' | '=';
  readonly value: number;
  /** `users`, `rows`, `ms`, `s`, `%`, …: as written, in the singular of none. */
  readonly unit: string;
}

/** A column as a table, a DDL statement or a Prisma model describes it. Null where nothing is said. */
export interface SpecifiedColumn extends Place {
  readonly table: string | null;
  readonly column: string;
  readonly type: string | null;
  readonly nullable: boolean | null;
  readonly default: string | null;
  /** What is to happen to it; `is` when it is only described. */
  readonly change: 'is' | 'add' | 'drop';
  readonly side: 'current' | 'target';
  readonly rule: string;
}

/** A statement found in the page: a proposal to read, never run. */
export interface ProposedSql extends Place {
  readonly sql: string;
  /** `CreateStmt`, `AlterTableStmt`, …; null when PostgreSQL's parser does not take it. */
  readonly statement: string | null;
  readonly side: 'current' | 'target' | 'rollback' | 'alternative';
}

export interface Clarification extends Place {
  /** What made the question; empty for something that is missing. */
  readonly text: string;
  readonly question: string;
  readonly impact: string;
  readonly assumption: string;
}

export interface Requirements {
  readonly schema: 'lockkeeper.requirements/1';
  /** The file or page. */
  readonly source: string;
  readonly title: string | null;
  readonly facts: readonly Fact[];
  readonly columns: readonly SpecifiedColumn[];
  readonly sql: readonly ProposedSql[];
  /** What no rule understood. */
  readonly notUnderstood: readonly (Place & { readonly text: string })[];
  readonly clarifications: readonly Clarification[];
}
