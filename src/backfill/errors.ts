import { LockkeeperError } from '../errors.ts';

export const interrupted = () =>
  new LockkeeperError('INTERRUPTED', {
    message: 'Interrupted.',
    hint: 'What was finished is in the journal; nothing is half done.',
    fix: 'Type the same command to go on.',
  });

/** PostgreSQL says with the error which row or table it was. */
const placeOf = (cause: Error) => ('where' in cause && typeof cause.where === 'string' ? ` (${cause.where})` : '');

export const notHad = (migration: string, cause: Error) =>
  new LockkeeperError('LOCK_NOT_HAD', {
    message: `For ten minutes others were in the way of "${migration}".`,
    hint: `PostgreSQL said: ${cause.message}${placeOf(cause)}. What was finished before is kept.`,
    fix: `See who holds what (lockkeeper status ${migration}), end those transactions, then type the same command again: it goes on from here.`,
    cause,
  });
