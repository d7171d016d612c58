import { directivesOf } from './directives.ts';
import { type Dispatch, dispatchTo } from './dispatch.ts';
import { withoutIgnored } from './ignored.ts';
import { parseStatements } from './parse.ts';
import { rules } from './registry.ts';
import { type Rule, severities, type Severity, type Wrapping } from './rule.ts';
import { type Found, runSection } from './run-section.ts';
import { type TableSize, withSize } from './sizes.ts';
import { linesOf, type Place } from './source.ts';
import { assumeStated } from './stated.ts';
import { NotSql } from './statement.ts';
import { apply } from './world/apply.ts';
import type { Span } from './tokens.ts';
import type { LockMode } from './world/lock-mode.ts';
import { World } from './world/world.ts';

export interface LintOptions {
  /** The server's major version. */
  readonly pg?: number;
  /** How the runner sends a file that says nothing else. */
  readonly transaction?: Wrapping;
  /** DDL of what is there before the files. */
  readonly schema?: string;
  /** How large the tables are, when a database says so. */
  readonly sizes?: readonly TableSize[];
  /** Rules to turn on and off, by id. */
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  readonly severities?: Readonly<Partial<Record<string, Severity>>>;
}

/** A file in the order in which the runner takes it. */
export interface LintFile {
  readonly path: string;
  /** What its tool calls it when it notes that it has run it, unless that is its name. */
  readonly version?: string;
  /** Its SQL; whatever else the file holds is blanked, so that every place is that of the file. */
  readonly text: string;
  readonly transaction?: Wrapping;
  /** The parts that are run, each by itself; all of it when not given. */
  readonly sections?: readonly Section[];
  /** Why it is there and cannot be read: all that is said of it. */
  readonly unreadable?: string;
  /** False for history: it is read, and nothing in it is reported. */
  readonly report?: boolean;
  /** Of a script that is not SQL itself: its text, where a part of the SQL comes from, and what of it could not be read. */
  readonly source?: string;
  readonly placeOf?: (span: Span) => Span;
  readonly notices?: readonly Unread[];
  /** DDL of the types that a script says its columns have, for those that nothing else is known of. */
  readonly stated?: string;
  /** It has not run yet, so that what it makes is new for the other files that have not. */
  readonly pending?: boolean;
}

/** A part of a file that the runner sends by itself. */
export interface Section extends Span {
  readonly transaction: Wrapping;
  /** What its tool calls it when it notes that it has run it. */
  readonly version?: string;
}

export interface Finding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly lock: LockMode | null;
  readonly blocks: string | null;
  /** Its statement, which `fix` replaces. */
  readonly statement: Place;
  readonly fix: string | null;
}

/** A part of a script that nothing is known about. */
export interface Unread {
  readonly message: string;
  readonly span: Span;
}

export interface Notice extends Place {
  readonly message: string;
}

export interface FileError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface FileFindings {
  readonly path: string;
  readonly findings: readonly Finding[];
  /** What of it was not judged: parts of a script that are known only when it runs. */
  readonly notices: readonly Notice[];
  /** Why the file could not be read, or not as SQL. */
  readonly error: FileError | null;
}

export const DEFAULT_PG = 14;

/** What is dangerous in one text. */
export const lintSql = (text: string, options: LintOptions = {}): FileFindings =>
  lintFiles([{ path: '', text }], options)[0] ?? { path: '', findings: [], notices: [], error: null };

/** What is dangerous in each file, judged by what the files before it leave behind. */
export function lintFiles(files: readonly LintFile[], options: LintOptions = {}): readonly FileFindings[] {
  const on = rulesOf(options);
  const world = new World(new Set(files.flatMap(({ pending }, i) => (pending ? [i] : []))));
  if (options.schema !== undefined) readSchema(world, options.schema);
  return files.flatMap((file, i) => {
    world.file = i;
    const result = lintFile(world, file, options, on);
    return file.report === false ? [] : [result];
  });
}

/** The rules that are on. */
interface Enabled {
  readonly enabled: readonly Rule[];
  readonly rulesFor: Dispatch;
}

function rulesOf({ enable = [], disable = [] }: LintOptions): Enabled {
  const enabled = rules.filter(({ id, optIn }) => (!optIn || enable.includes(id)) && !disable.includes(id));
  return { enabled, rulesFor: dispatchTo(enabled) };
}

function readSchema(world: World, schema: string): void {
  for (const { node } of parseStatements(withoutMark(schema))) apply(world, node);
  world.session.resetAll();
}

/** Why a text is no SQL, and where; null when it is. */
export function sqlError(text: string): FileError | null {
  const sql = withoutMark(text);
  try {
    parseStatements(sql);
    return null;
  } catch (error) {
    if (error instanceof NotSql) return { message: error.message, ...linesOf(sql)(error.index) };
    throw error;
  }
}

function lintFile(world: World, file: LintFile, options: LintOptions, on: Enabled): FileFindings {
  const text = withoutMark(file.text);
  const { path } = file;
  if (file.unreadable !== undefined) return notRead(path, file.unreadable);
  const placeAt = placesIn(file.source ?? text, file.placeOf);
  const notices = (file.notices ?? []).map(({ message, span }) => ({
    message,
    ...placesIn(file.source ?? text)(span),
  }));
  try {
    const statements = parseStatements(text);
    const transaction = file.transaction ?? options.transaction ?? 'statement';
    const pg = options.pg ?? DEFAULT_PG;
    world.session.resetAll();
    assumeStated(world, file.stated ?? '', statements);
    const found = (file.sections ?? [{ start: 0, end: text.length, transaction }]).flatMap(
      ({ start, end, transaction: wrapping }) => {
        const inside = statements.filter((statement) => statement.start >= start && statement.start < end);
        return runSection(world, { text, statements: inside, wrapping, pg, rulesFor: on.rulesFor });
      },
    );
    const kept = withoutIgnored(found, directivesOf(text, statements), {
      enabled: on.enabled,
      known: rules,
      statements,
    });
    return {
      path,
      findings: inOrder(kept.map((one) => toFinding(one, { placeAt, world, options }))),
      notices,
      error: null,
    };
  } catch (error) {
    if (error instanceof NotSql)
      return { path, findings: [], notices, error: { message: error.message, ...linesOf(text)(error.index) } };
    if (error instanceof RangeError) return { ...notRead(path, 'It is nested too deeply.'), notices };
    throw error;
  }
}

const notRead = (path: string, message: string): FileFindings => ({
  ...{ path, findings: [], notices: [] },
  error: { message, line: 1, column: 1 },
});

const withoutMark = (text: string): string => text.replace(/^\u{feff}/u, '');

/** Turns a span of what is linted into a place of the file. */
function placesIn(source: string, placeOf = (span: Span) => span): (span: Span) => Place {
  const linesAt = linesOf(source);
  return (span) => {
    const { start, end } = placeOf(span);
    const { line: endLine, column: endColumn } = linesAt(end);
    return { ...linesAt(start), endLine, endColumn };
  };
}

function toFinding(
  found: Found,
  { placeAt, world, options }: { placeAt: (span: Span) => Place; world: World; options: LintOptions },
): Finding {
  const { rule, statement, at = statement } = found;
  const { severities: chosen = {}, sizes = [], pg = DEFAULT_PG } = options;
  const { severity, message } = withSize(found, { sizes, world, pg });
  return {
    ...{
      rule: rule.id,
      severity: chosen[rule.id] ?? severity,
      ...placeAt(at),
    },
    ...{ message, why: rule.why, lock: found.lock === undefined ? rule.lock : found.lock },
    ...{
      blocks: found.blocks === undefined ? rule.blocks : found.blocks,
      statement: placeAt(statement),
      fix: found.fix ?? null,
    },
  };
}

const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      a.line - b.line ||
      a.column - b.column ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      a.rule.localeCompare(b.rule),
  );
