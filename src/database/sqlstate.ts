/** The five-character code PostgreSQL gave the error, or null when it is none of PostgreSQL's. */
export function sqlState(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Somebody else's lock, a deadlock, a serialization failure, a cancelled statement: the same thing may work a moment later. */
const PASSING = new Set(['55P03', '40P01', '40001', '57014']);
export const isPassing = (error: unknown): boolean => PASSING.has(sqlState(error) ?? '');

/** A value that a cast, a constraint or the author's own function refuses. */
export const isValueError = (error: unknown): boolean => /^(2[23]|P0001$)/.test(sqlState(error) ?? '');

export const isForeignKeyViolation = (error: unknown): boolean => sqlState(error) === '23503';

/** We stood still for too long in a transaction. */
const IDLE_IN_TRANSACTION = '25P03';

/** The server says why it ends the session: somebody asked for it, it goes down, or the session stood still. */
export function isEndedByServer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && (state.startsWith('57P') || state === IDLE_IN_TRANSACTION);
}

/** The connection was cut, or the server is going down or coming up. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return state.startsWith('08') || isEndedByServer(error);
  return error instanceof Error && 'code' in error && error.code === 'CONNECTION_FAILED';
}
