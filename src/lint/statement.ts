import type { Node } from '@pgsql/types';
import { parseSync } from 'libpg-query';
import '../sql/expressions.ts'; // loads the parser
import type { NodeKind } from './nodes.ts';
import { unitOfCodePoint } from './source.ts';
import type { Span } from './tokens.ts';

/** One statement of a file, or of a DO block in it. */
export interface Statement extends Span {
  readonly node: Node;
  readonly kind: NodeKind;
  /** Its text; in a DO block, what the block runs. */
  readonly text: string;
  /** Where a byte offset in the parser's tree is in the file. */
  readonly index: (byte: number) => number;
  /** The DO statement it is in. */
  readonly block: Statement | null;
  /** A string that a DO block makes and executes when it runs: nothing is known about it. */
  readonly opaque: boolean;
  /** A part of it is not read as it stands, so that nothing can be written in its place. */
  readonly masked?: boolean;
}

/** Why a text is no SQL, and where it stops to be. */
export class NotSql extends Error {
  override readonly name = 'NotSql';
  readonly index: number;
  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/** The parse tree of a text that may have no statement at all; throws NotSql. */
export function rawStatements(sql: string): readonly { stmt?: Node; stmt_location?: number; stmt_len?: number }[] {
  if (sql.trim() === '') return [];
  try {
    return parseSync(sql).stmts ?? [];
  } catch (error) {
    if (error instanceof Error && ['RangeError', 'RuntimeError'].includes(error.name))
      throw new NotSql('It is nested too deeply for the parser.', 0);
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition: number } };
    throw new NotSql(message, unitOfCodePoint(sql, Math.max(0, sqlDetails?.cursorPosition ?? 0)));
  }
}
