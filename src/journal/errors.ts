import { LockkeeperError } from '../errors.ts';

export const journalTooNew = (found: number, known: number) =>
  new LockkeeperError('JOURNAL_TOO_NEW', {
    message: `The journal in this database has version ${found}; this program knows versions up to ${known}.`,
    hint: 'A newer program has worked here, and this one could misread what it wrote.',
    fix: 'Update: npm install lockkeeper@latest',
  });

export const journalMissing = (schema: string) =>
  new LockkeeperError('JOURNAL_MISSING', {
    message: `There is no journal in this database: the schema "${schema}" does not hold one.`,
    hint: 'No migration has been applied here yet.',
    fix: 'Start one: lockkeeper apply MIGRATION',
  });

export const executorReplaced = () =>
  new LockkeeperError('EXECUTOR_REPLACED', {
    message: 'Another executor has taken this migration over.',
    hint: 'What this one was doing has not been written; the other goes on from the last finished step.',
    fix: 'Nothing is to be done here. See how it goes: lockkeeper status MIGRATION',
  });

export const runNotFound = (migration: string) =>
  new LockkeeperError('RUN_NOT_FOUND', {
    message: `The migration "${migration}" has not been applied to this database.`,
    hint: 'Its run would be in the journal.',
    fix: `See what there is with \`lockkeeper status\`, or start it: lockkeeper apply ${migration}`,
  });
