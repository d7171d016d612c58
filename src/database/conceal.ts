import pg from 'pg';

/** The same error with everything that could show a row's values taken out; what names an object stays. */
export function conceal(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  error.message = concealMessage(error);
  error.detail = undefined;
  error.where = undefined;
  error.internalQuery = undefined;
  error.internalPosition = undefined;
  if (isRaised(error)) error.hint = undefined;
  Error.captureStackTrace(error, conceal); // the old stack begins with the old message
  return error;
}

function concealMessage(error: pg.DatabaseError): string {
  if (isRaised(error))
    return `an exception raised by a function in the database (${lengthOf(error.message)}, not shown)`;
  const mayQuoteValues = error.code?.startsWith('22') ?? false;
  return mayQuoteValues
    ? error.message.replace(/"[^]*"/, (quoted) => `(a value of ${lengthOf(quoted.slice(1, -1))})`)
    : error.message;
}

/** RAISE in PL/pgSQL: its text is the function's own and may hold anything, whatever SQLSTATE it chose. */
const isRaised = (error: pg.DatabaseError) => error.routine === 'exec_stmt_raise' || error.code === 'P0001';

function lengthOf(text: string): string {
  const length = Array.from(text).length;
  return `${length} ${length === 1 ? 'character' : 'characters'}`;
}
