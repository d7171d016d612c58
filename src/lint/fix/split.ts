import type { Span } from '../tokens.ts';
import type { LintFile } from '../lint.ts';
import type { Wrapping } from '../rule.ts';
import { rawStatements } from '../statement.ts';

/** A file as a tool reads it, and as it is written. */
export interface Editable {
  readonly file: LintFile;
  readonly original: string;
}

/** One statement that takes the place of a part of another. */
export interface Step {
  readonly sql: string;
  /** PostgreSQL refuses it inside a transaction. */
  readonly alone: boolean;
  /** It takes as long as the table is large, so that no lock may be held meanwhile. */
  readonly slow: boolean;
}

/** How a tool names a file that comes right after another, and how it is told to open no transaction. */
interface Naming {
  readonly pattern: RegExp;
  readonly next: (version: string, part: number) => string;
  readonly alone: Wrapping;
  readonly write?: (sql: string, alone: boolean) => string;
  /** Marks what was written by hand. */
  readonly mark?: (text: string) => string;
}

const counted = (version: string, part: number): string =>
  String(BigInt(version) + BigInt(part)).padStart(version.length, '0');

const namings: Readonly<Record<string, Naming>> = {
  'Prisma Migrate': { pattern: /(\d{14})(_[^/]*)(\/migration\.sql)$/u, next: counted, alone: 'batch' },
  'golang-migrate': { pattern: /(\d+)(_[^/]*)(\.up\.sql)$/u, next: counted, alone: 'batch' },
  Flyway: {
    pattern: /(?<=(?:^|\/)V)([\d._]+)(__[^/]*)(\.sql)$/u,
    next: (v, part) => `${v}.${part}`,
    alone: 'statement',
  },
  dbmate: {
    pattern: /(\d+)(_[^/]*)(\.sql)$/u,
    next: counted,
    alone: 'batch',
    write: (sql, alone) => `-- migrate:up${alone ? ' transaction:false' : ''}\n${sql}\n\n-- migrate:down\n`,
    mark: (text) => text.replace(/^--[ \t]*migrate:up\b(?![^\n]*transaction:false)/mu, '$& transaction:false'),
  },
};

/** The file in as many as there have to be transactions, in their order; null when the tool has no name for them. */
export function splitFile(
  runner: string,
  { file, original }: Editable,
  { start, end }: Span,
  steps: readonly Step[],
  others: readonly string[],
): readonly Editable[] | null {
  const naming = Object.hasOwn(namings, runner) ? namings[runner] : undefined;
  if (!naming || file.sections) return null;
  const up = file.text.trimEnd().length;
  const [before, after] = [file.text.slice(0, start), file.text.slice(end, up).replace(/^;/u, '')];
  const isFirst = !hasStatements(before);
  const [first, ...more] = steps;
  if (!first) return null;
  const stays = isFirst || !first.alone;
  const kept = original.slice(0, start) + (stays ? `${first.sql};` : '');
  const head = `${kept.trimEnd()}\n${original.slice(up).replace(/^;?(\r?\n)?/u, '')}`;
  const headText = stays && first.alone ? (naming.mark?.(head) ?? head) : head;
  const rest = grouped([...(stays ? [] : [first]), ...more]);
  const parts = hasStatements(after)
    ? [...rest, { sql: original.slice(end, up).replace(/^;?\s*/u, ''), alone: false }]
    : rest;
  const names = parts.map((_, i) => nameOf(naming, file.path, i + 1, parts.length, others));
  if (names.includes(null)) return null;
  const wrappingOf = (alone: boolean) => (alone ? { transaction: naming.alone } : {});
  const headFile: LintFile = {
    ...{ ...file, ...wrappingOf(stays && first.alone) },
    text: file.text.slice(0, start) + (stays ? `${first.sql};` : ''),
  };
  return [
    { file: headFile, original: headText },
    ...parts.map(({ sql, alone }, i) => {
      const text = naming.write?.(sql, alone) ?? `${sql.trimEnd()}\n`;
      return { file: { ...file, ...wrappingOf(alone), path: names[i] ?? '', text }, original: text };
    }),
  ];
}

interface Part {
  readonly sql: string;
  readonly alone: boolean;
}

/** The steps that may be in one transaction together. */
function grouped(steps: readonly Step[]): readonly Part[] {
  const parts: Part[] = [];
  for (const [i, { sql, alone, slow }] of steps.entries()) {
    const [before, last] = [steps[i - 1], parts.at(-1)];
    const joins = last !== undefined && !alone && !slow && !before?.alone && !before?.slow;
    if (joins) parts[parts.length - 1] = { sql: `${last.sql}\n${sql};`, alone: false };
    else parts.push({ sql: `${sql};`, alone });
  }
  return parts;
}

/** The name of a part, if neither it nor one before it is taken or out of order. */
function nameOf(naming: Naming, path: string, part: number, parts: number, others: readonly string[]): string | null {
  const found = naming.pattern.exec(path);
  if (!found) return null;
  const [, version = '', name = '', end = ''] = found;
  const wanted = new Set(Array.from({ length: parts }, (_, i) => naming.next(version, i + 1)));
  const isTaken = others.some((other) => other !== path && wanted.has(naming.pattern.exec(other)?.[1] ?? ''));
  if (isTaken) return null;
  return `${path.slice(0, found.index)}${naming.next(version, part)}${name}_${part + 1}${end}`;
}

function hasStatements(sql: string): boolean {
  try {
    return rawStatements(sql).some(({ stmt }) => stmt);
  } catch {
    return true;
  }
}
