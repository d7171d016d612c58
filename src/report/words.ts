import type { PhaseName } from '../events.ts';
import type { Estimate, PlannedStep } from '../plan/plan.ts';
import type { RelationName } from '../sql/sql.ts';
import type { Lock, LockMode } from '../steps/step.ts';
import { number, seconds } from './numbers.ts';
import { oneLine } from './text.ts';

/** `users`, `app.users`: the schema everyone uses goes without saying. */
export const relationText = ({ schema, name }: RelationName): string =>
  schema === 'public' ? name : `${schema}.${name}`;

const blockedBy: Readonly<Record<LockMode, string>> = {
  'ACCESS SHARE': 'nothing',
  'ROW SHARE': 'nothing',
  'ROW EXCLUSIVE': 'nothing',
  'SHARE UPDATE EXCLUSIVE': 'nothing',
  SHARE: 'writes',
  'SHARE ROW EXCLUSIVE': 'writes',
  EXCLUSIVE: 'writes',
  'ACCESS EXCLUSIVE': 'reads and writes',
};

/** What of the application's work a lock makes wait. */
export const blocks = ({ mode }: Lock): string => blockedBy[mode];

export const blocksSomething = (lock: Lock): boolean => blocks(lock) !== 'nothing';

const heldFor: Readonly<Record<Lock['holds'], string>> = {
  instant: 'for an instant',
  scan: 'while the table is read',
  build: 'while the index is built',
  chunk: 'while a chunk is written',
};

export const holds = (lock: Lock): string => heldFor[lock.holds];

export const lockText = (lock: Lock): string =>
  `${relationText(lock.relation)}: ${lock.mode} ${holds(lock)}, blocks ${blocks(lock)}`;

/** The locks on tables in use that a step takes; gates and new tables take none. */
export const locksOf = (step: PlannedStep): readonly Lock[] => ('locks' in step ? step.locks : []);

export function estimateText({ seconds: value }: Estimate): string {
  if (value === null) return 'unknown';
  return value < 1 ? 'under 1 s' : `about ${duration(value * 1000)}`;
}

/** `1 min 52 s`, `3 h 20 min`, `2 d`. */
export function duration(ms: number): string {
  if (ms < 3_600_000) return seconds(ms).replace(/ min 0 s$/u, ' min');
  const minutes = Math.round(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  return [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(' ');
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? ''}`;
}

/** Row counts come from the last ANALYZE; a table that never had one says so. */
export const rowsText = (rows: number): string =>
  rows < 0 ? 'unknown rows' : `${number(rows)} ${rows === 1 ? 'row' : 'rows'}`;

export const phaseText = (phase: PhaseName | null): string => phase ?? 'nothing yet';

/** As a word of a command line: what could be taken for more than one word, or for an option, is quoted. */
export const shellWord = (text: string): string =>
  /^[\w./:@%+=,][\w./:@%+=,-]*$/u.test(text) ? text : `'${oneLine(text).replaceAll("'", `'\\''`)}'`;

export const plural = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
