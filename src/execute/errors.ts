import { isValueError } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import type { Blocker, PhaseName } from '../events.ts';
import type { Owner } from '../journal/journal.ts';
import type { RelationName } from '../sql/sql.ts';

const who = (blockers: readonly Blocker[]) =>
  blockers.length
    ? blockers
        .map(
          (b) =>
            `pid ${b.pid} (${[b.user, b.application, b.state, b.transactionMs === null ? null : `open for ${Math.round(b.transactionMs / 1000)} s`].filter(Boolean).join(', ')})`,
        )
        .join('; ')
    : 'nobody any more';

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

export const stepFailed = (step: string, cause: unknown) =>
  cause instanceof LockkeeperError
    ? cause
    : new LockkeeperError('STEP_FAILED', {
        message: `The step ${step} failed.`,
        hint: reason(cause),
        fix: 'Nothing of it was kept. Fix the cause and run `apply` again: it goes on from here. Or take it back: rollback.',
        cause,
      });

/** A sweep that ended at a row which is refused. Anything else is told as it is. */
export const sweepFailed = (step: string, table: string, command: 'apply' | 'rollback', cause: unknown): unknown =>
  isValueError(cause)
    ? new LockkeeperError('STEP_FAILED', {
        message: `The step ${step} stopped at a row of ${table}.`,
        hint: `${reason(cause)}. What was done before is kept; that row is refused by PostgreSQL, or by a trigger or a rule of your own.`,
        fix: `Let it be updated (a trigger of your own: ALTER TABLE … DISABLE TRIGGER …), then run \`${command}\` again: it goes on from here.`,
        cause,
      })
    : cause;

export const lockNotHad = (step: string, blockers: readonly Blocker[], cause: unknown) =>
  new LockkeeperError('LOCK_NOT_HAD', {
    message: `The step ${step} did not get its lock in ten minutes.`,
    hint: `It is held by ${who(blockers)}.`,
    fix: 'End those transactions, or run `apply` again at a quieter time: it goes on from here.',
    cause,
    details: { blockers },
  });

export const executorBusy = (migration: string, owner: Owner | null) =>
  new LockkeeperError('EXECUTOR_BUSY', {
    message: `Another executor is running "${migration}".`,
    hint: owner
      ? `It is process ${owner.process} on ${owner.host}, backend ${owner.backend}, since ${owner.since}.`
      : 'It has not said who it is.',
    fix: `Wait for it, or, when it is dead: lockkeeper apply ${migration} --take-over`,
    details: { owner },
  });

export const turnNotHad = (migration: string) =>
  new LockkeeperError('EXECUTOR_BUSY', {
    message: `"${migration}" cannot begin: another program has been beginning a migration for half a minute.`,
    hint: 'Only one at a time looks which tables are free. It may wait for a lock: its session is called "lockkeeper … executor".',
    fix: 'Look at pg_stat_activity for what it waits, then run the same command again.',
  });

export const overlap = (migration: string, other: string, relations: readonly RelationName[]) =>
  new LockkeeperError('OVERLAP', {
    message: `"${migration}" touches ${relations.map((r) => `"${r.schema}"."${r.name}"`).join(', ')}, which the open migration "${other}" touches too.`,
    hint: 'Two migrations of one table would plan against shapes that the other changes.',
    fix: `Finish "${other}" first, or roll it back.`,
  });

export const afterUnfinished = (migration: string, needed: string) =>
  new LockkeeperError('AFTER_UNFINISHED', {
    message: `"${migration}" comes after "${needed}", which is not done.`,
    hint: 'Its document says `after`.',
    fix: `Run it first: lockkeeper apply ${needed}`,
  });

export const triggersChanged = (migration: string, names: readonly string[]) =>
  new LockkeeperError('TRIGGERS_CHANGED', {
    message: `Triggers that keep the shapes equal were changed or removed: ${names.join(', ')}.`,
    hint: 'Since then writes may have been missed. A repair takes the old shape’s word: what only the new shape was told since then is overwritten.',
    fix: `Put them back, and bring the new shape up to date from the old one: lockkeeper verify ${migration} --repair. To keep what the new shape was told, look at the rows that \`verify\` counts first.`,
    details: { names },
  });

export const drift = (what: readonly string[]) =>
  new LockkeeperError('DRIFT', {
    message: `The database differs from what the plan expects at this step: ${what.join('; ')}.`,
    hint: 'Someone changed it since the plan was made.',
    fix: 'Undo that change, or roll back and plan again.',
    details: { what },
  });

export const wrongPhase = (migration: string, at: PhaseName | null, to: PhaseName) =>
  new LockkeeperError('WRONG_PHASE', {
    message: `"${migration}" is at ${at ?? 'the beginning'}; ${to} lies the other way.`,
    hint: '`apply` goes forward only, `rollback` back only.',
    fix: `See where it is: lockkeeper status ${migration}`,
  });

export const nameNotFree = (step: string) =>
  new LockkeeperError('NAME_TAKEN', {
    message: `The step ${step} would create something under a name that is taken.`,
    hint: 'What has the name was not made by this run, so it is left alone.',
    fix: 'Rename or remove it, then run `apply` again.',
  });
