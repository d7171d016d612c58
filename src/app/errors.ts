import { LockkeeperError } from '../errors.ts';
import type { PhaseName } from '../events.ts';
import type { Plan } from '../plan/plan.ts';

export const notConfirmed = (migration: string) =>
  new LockkeeperError('NOT_CONFIRMED', {
    message: 'Nothing was started.',
    hint: 'The start was not confirmed.',
    fix: `Run it at a terminal and answer yes, or start it with: lockkeeper apply ${migration} --yes`,
  });

export const permissionMissing = (missing: Plan['missing']) =>
  new LockkeeperError('PERMISSION_MISSING', {
    message: `This role may not ${missing.map((m) => m.what).join('; nor ')}.`,
    hint: 'Nothing was changed.',
    fix: missing.map((m) => m.grant).join(' '),
    details: { missing },
  });

/** PostgreSQL names the object, never a value. */
export const mayNot = (cause: Error) =>
  new LockkeeperError('PERMISSION_MISSING', {
    message: `This role may not do what the command needs: ${cause.message}.`,
    hint: 'PostgreSQL refused it; nothing was changed.',
    fix: 'Give the role that right; docs/permissions.md lists what each command needs.',
    cause,
  });

export const planChanged = (migration: string, stored: unknown, authored: unknown) =>
  new LockkeeperError('PLAN_CHANGED', {
    message: `"${migration}" was edited after it had begun to run.`,
    hint: `What changed: ${differences(stored, authored).join('; ') || 'the plan made from it'}.`,
    fix: 'Put the document back as it was, or roll back and apply the new one.',
    details: { differences: differences(stored, authored) },
  });

export const rollbackUnfinished = (migration: string) =>
  new LockkeeperError('WRONG_PHASE', {
    message: `A rollback of "${migration}" from contract was cut short.`,
    hint: 'The old column is back but has not taken all current values yet.',
    fix: `Finish it first: lockkeeper rollback ${migration} --to switch`,
  });

export const betweenPhases = (migration: string) =>
  new LockkeeperError('WRONG_PHASE', {
    message: `"${migration}" was cut short between switch and contract.`,
    hint: 'Its old column is archived, or has not taken all current values yet.',
    fix: `Finish it first: lockkeeper apply ${migration}, or lockkeeper rollback ${migration} --to switch`,
  });

export const needsApproval = (migration: string, gate: string, why: string) =>
  new LockkeeperError('GATE_CLOSED', {
    message: `It needs the approval ${gate}.`,
    hint: why,
    fix: `lockkeeper approve ${migration} ${gate} --note "…"`,
  });

export const wrongPhaseFor = (migration: string, at: PhaseName | null, needs: PhaseName) =>
  new LockkeeperError('WRONG_PHASE', {
    message: `"${migration}" is at ${at ?? 'the beginning'}; this needs ${needs}.`,
    hint: 'The new shape is not kept up to date before.',
    fix: `lockkeeper apply ${migration} --to ${needs}`,
  });

export const archiveNotFound = (id: number) =>
  new LockkeeperError('ARCHIVE_NOT_FOUND', {
    message: `There is no archive ${id}.`,
    hint: 'It may have been purged or restored already.',
    fix: 'See what there is: lockkeeper archive list',
  });

/** Paths at which two documents differ, without their values. */
function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return [path || 'the document'];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) =>
    differences(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      path ? `${path}.${key}` : key,
    ),
  );
}

export const nothingToCompare = (migration: string) =>
  new LockkeeperError('WRONG_PHASE', {
    message: `"${migration}" is past contract: the old shape is archived and no longer kept up to date.`,
    hint: 'There is nothing to compare the new shape with; parity was exact when the column was archived.',
    fix: `To bring the old shape back with current values: lockkeeper rollback ${migration} --to switch`,
  });

export const purged = (migration: string) =>
  new LockkeeperError('ARCHIVE_NOT_FOUND', {
    message: `"${migration}" cannot be rolled back: what contract archived has been purged.`,
    hint: 'The old shape is gone for good.',
    fix: 'Restore it from a backup, or write a new migration the other way.',
  });

export const notPublished = (migration: string) =>
  new LockkeeperError('NOT_PUBLISHED', {
    message: `"${migration}" is not published.`,
    hint: 'Where its pages are would be in the journal of this database.',
    fix: `Publish it: lockkeeper spec publish ${migration} --spec PAGE`,
  });

export const pagesBusy = (migration: string) =>
  new LockkeeperError('PAGES_BUSY', {
    message: `Another program is writing the pages of "${migration}".`,
    hint: 'It was told that there is something new, and goes on until the pages say so.',
    fix: `See later whether they do: lockkeeper spec update ${migration} --dry-run`,
  });

export const fileOutsideWorkspace = (file: string, workspace: string) =>
  new LockkeeperError('USAGE', {
    message: `${file} is a file, and ${workspace} does not hold files.`,
    hint: 'The plan is linked with the specification, so both are in one workspace.',
    fix: 'Name the page in the workspace, or the folder of the file: --workspace files:docs',
  });
