import type { Session } from '../database/database.ts';
import { isValueError } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import { createAsJsonb, createInputIsValid } from '../journal/install.ts';
import type { Misfit, Plan } from '../plan/plan.ts';
import { ident, inline, raw, sql } from '../sql/sql.ts';
import { mayNot } from './errors.ts';

const SCAN_MS = 60_000;

/** Reads all rows, so that nobody is surprised halfway; a table too large for that is told as unknown. It also proves the expressions of the migration, with names looked up as our functions look them up. */
export async function countMisfits(session: Session, draft: Plan): Promise<readonly Misfit[] | null> {
  const found: Misfit[] = [];
  try {
    await session.execute(sql`SET statement_timeout = ${SCAN_MS}`);
    for (const m of draft.mappings)
      found.push(...(await countIn(session, draft, m.misfits)).map((row) => ({ mapping: m.id, ...row })));
    return found;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === '42501' && draft.serverMajor >= 16) throw mayNot(error);
    // Too large to be read now; or, before 16, a role or a standby that may not have even a temporary function.
    if (['57014', '42501', '25006'].includes(String(error.code))) return null;
    if (isValueError(error) && draft.mappings.some((m) => m.kind === 'column'))
      return [...found, unconvertible(draft, error)];
    throw new LockkeeperError('EXPRESSION_INVALID', {
      message: 'The values of the old shape cannot be read as the migration says.',
      hint: error.message,
      fix: 'Correct the types, checks, `up` or `down` of the migration. Functions of your own must be written with their schema.',
      cause: error,
    });
  } finally {
    await session.execute(sql`SET statement_timeout = 0`);
  }
}

type Count = Omit<Misfit, 'mapping'>;

/** Carries the counts out of a transaction that must not be committed. */
class Counted extends Error {
  readonly rows: readonly Count[];

  constructor(rows: readonly Count[]) {
    super('rolled back on purpose');
    this.rows = rows;
  }
}

const ours = (draft: Plan, name: string) => `${inline(ident(draft.journal))}.${name}(`;

/**
 * Whether text is a valid value is asked with pg_input_is_valid, which came with 16; before, and of documents of type json, functions
 * of ours ask. While there is no journal they are temporary ones, in a transaction that is rolled back: nothing is left behind.
 */
async function countIn(session: Session, draft: Plan, statement: string): Promise<readonly Count[]> {
  const helpers = { input_is_valid: createInputIsValid, as_jsonb: createAsJsonb };
  const used = Object.entries(helpers).filter(([name]) => statement.includes(ours(draft, name)));
  if (!used.length) return await session.query<Count>(raw(statement));
  try {
    return await session.transaction(async () => {
      await session.execute(sql`SET TRANSACTION READ WRITE`);
      let text = statement;
      for (const [name, create] of used) {
        await session.execute(create(sql`pg_temp`));
        text = text.replaceAll(ours(draft, name), `pg_temp.${name}(`);
      }
      throw new Counted(await session.query<Count>(raw(text)));
    });
  } catch (error) {
    if (error instanceof Counted) return error.rows;
    throw error;
  }
}

/** The conversion of a column is the author's own SQL: it stops at the first value, and that one is all there is to tell. */
const unconvertible = (draft: Plan, error: Error): Misfit => {
  const mapping = draft.mappings.find((m) => m.kind === 'column');
  return {
    mapping: mapping?.id ?? '',
    column: mapping?.column ?? '',
    type: 'at least one value',
    reason: error.message,
    rows: 1,
  };
};
