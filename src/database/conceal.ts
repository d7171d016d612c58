import pg from 'pg';

/** The same error with everything that could show a row's values taken out; what names an object stays. */
export function conceal(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  error.message = concealMessage(error, error.internalQuery !== undefined);
  error.detail = undefined;
  error.where = undefined;
  error.internalQuery = undefined;
  error.internalPosition = undefined;
  if (isRaised(error)) for (const field of chosenByRaise) error[field] = undefined;
  Error.captureStackTrace(error, conceal); // the old stack begins with the old message
  return error;
}

/** RAISE … USING sets these to whatever it likes. */
const chosenByRaise = ['hint', 'schema', 'table', 'column', 'constraint', 'dataType'] as const;

function concealMessage(error: pg.DatabaseError, isDynamic: boolean): string {
  if (isRaised(error))
    return `an exception raised by a function in the database (${lengthOf(error.message)}, not shown)`;
  // What a function parsed may be made of values: EXECUTE format('… %I', value).
  const mayQuoteValues = error.code?.startsWith('22') || (isDynamic && error.code?.startsWith('42'));
  return mayQuoteValues
    ? error.message.replace(QUOTED, (quoted) => `(a value of ${lengthOf(quoted.slice(1, -1))})`)
    : error.message;
}

/** From the first quotation mark to the last, as servers of any language write them. */
const QUOTED = /["'«»‹›„“”‚‘’「『][^]*["'«»‹›„“”‚‘’」』]/u;

/** RAISE and ASSERT in PL/pgSQL: the text is the function's own and may hold anything, whatever SQLSTATE it chose. */
const isRaised = (error: pg.DatabaseError) =>
  ['exec_stmt_raise', 'exec_stmt_assert'].includes(error.routine ?? '') || error.code === 'P0001';

/** Without a list of the characters: a message may hold a value of hundreds of megabytes. */
function lengthOf(text: string): string {
  let length = 0;
  for (let i = 0; i < text.length; i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1) length++;
  return `${length} ${length === 1 ? 'character' : 'characters'}`;
}
