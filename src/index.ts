export { createLockkeeper, type Lockkeeper, type LockkeeperOptions } from './app/lockkeeper.ts';
export { connectTo } from './database/connect.ts';
export { lintFiles, type LintFile, type LintOptions, lintSql } from './lint/lint.ts';
export { parseTarget, type Target } from './database/target.ts';
export { defineMigration, type MigrationInput } from './migration/define-migration.ts';
export { LockkeeperError, type ErrorCode } from './errors.ts';
export type { Blocker, Event, PhaseName, Throttle } from './events.ts';
export type { Connect, Session } from './database/database.ts';
export type { Plan } from './plan/plan.ts';
export type {
  ArchiveDocument,
  GateStatus,
  MigrationStatus,
  QuarantineDocument,
  RunDocument,
  StatusDocument,
  VerifyDocument,
} from './app/documents.ts';
