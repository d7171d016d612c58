import type { Clarification, Place, ProposedSql, Slot } from '../spec/requirements.ts';

/** What a specification says at one place. */
export interface Said extends Place {
  readonly text: string;
}

/** An operation of the migration, with what it is for. */
export interface DraftedOperation {
  readonly kind: string;
  /** As in the migration. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly because: readonly Said[];
  /** Why a part of it is as it is, by the path of that part in `fields`; an empty path is the whole. */
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Something that is asked for and that no operation does, or that this database does not allow. */
export interface Unsupported extends Said {
  /** `add a column`, `drop a table`, … */
  readonly what: string;
  readonly why: string;
}

/** What meets a requirement; all empty when nothing does. */
export interface Traced extends Said {
  readonly slot: Slot;
  readonly id: string | null;
  /** Positions of operations, from 1. */
  readonly operations: readonly number[];
  readonly phases: readonly string[];
  readonly gates: readonly string[];
  readonly checks: readonly string[];
}

/** A migration made from a specification and a database, to be read and corrected by a person. Nothing of the page was run. */
export interface Draft {
  readonly schema: 'lockkeeper.draft/1';
  /** The specification: a file or page. */
  readonly source: string;
  readonly title: string | null;
  /** The migration's name. */
  readonly migration: string;
  /** The migration as text; null when there is nothing to write. */
  readonly yaml: string | null;
  /** Where it was written; null when it was only printed. */
  readonly path: string | null;
  readonly operations: readonly DraftedOperation[];
  readonly questions: readonly Clarification[];
  readonly unsupported: readonly Unsupported[];
  /** Statements found in the page: proposals, never run. */
  readonly proposals: readonly ProposedSql[];
  readonly requirements: readonly Traced[];
}

/** What comes of one wish. */
export interface Findings {
  readonly operations: readonly DraftedOperation[];
  readonly questions: readonly Clarification[];
  readonly unsupported: readonly Unsupported[];
}

export const nothing: Findings = { operations: [], questions: [], unsupported: [] };

export const together = (all: readonly Findings[]): Findings => ({
  operations: all.flatMap((one) => one.operations),
  questions: all.flatMap((one) => one.questions),
  unsupported: all.flatMap((one) => one.unsupported),
});

export const cannot = ({ text, line, block }: Said, what: string, why = 'No operation does this yet.'): Findings => ({
  ...nothing,
  unsupported: [{ what, why, text, line, block }],
});

export const ask = (
  { text, line, block }: Said,
  question: string,
  impact: string,
  assumption: string,
): Clarification => ({
  ...{ text, question, impact, assumption },
  ...{ line, block },
});

/** Each place once, and nothing but what is said there. */
export const distinctly = (all: readonly Said[]): readonly Said[] =>
  all
    .filter(({ text, line, block }, i) => {
      const same = (o: Said) => o.text === text && o.line === line && o.block === block;
      return all.findIndex(same) === i;
    })
    .map(({ text, line, block }) => ({ text, line, block }));

export const operation = (
  said: Said,
  kind: string,
  fields: DraftedOperation['fields'],
  comments: readonly Comment[] = [],
): Findings => ({
  ...nothing,
  operations: [{ kind, fields, because: [{ text: said.text, line: said.line, block: said.block }], comments }],
});

export const question = (
  said: Said,
  text: string,
  impact: string,
  assumption = 'Nothing is drafted for it.',
): Findings => ({
  ...nothing,
  questions: [ask(said, text, impact, assumption)],
});
