import type { Span } from '../../tokens.ts';
import { NotSql, rawStatements } from '../../statement.ts';
import type { Unread } from '../../lint.ts';
import type { Read } from '../runner.ts';
import type { Given } from './given.ts';
import type { Call, Script, Text, Value } from './value.ts';

/** What a part of a script sends to the server, what it says is there already, or why that can not be said. */
export type Step =
  | { readonly sql: string; readonly span: Span; readonly text?: Text; readonly outside?: boolean }
  | { readonly stated: string; readonly span: Span }
  | { readonly unread: string; readonly span: Span };

export const unread = ({ span }: { readonly span: Span }, why: string): readonly Step[] => [{ unread: why, span }];

/** What a call of a builder stands for, as far as its arguments are known before it runs. */
export function said(given: Given, sql: (given: Given) => readonly string[]): readonly Step[] {
  const statements = given.partly(() => sql(given));
  return [
    ...statements.map((one) => ({ sql: one, span: given.call.span })),
    ...given.missed.flatMap(({ value, message }) => unread(value, message)),
  ];
}

/** DDL of what a call says is there before it. */
export const stated = (given: Given, sql: (given: Given) => readonly string[]): readonly Step[] =>
  said(given, sql).flatMap((step) => ('sql' in step ? [{ stated: step.sql, span: step.span }] : []));

/** SQL that stands in the script as it is. */
export function sqlStep(value: Value | undefined, call: Call): readonly Step[] {
  if (value?.kind === 'list') return value.items.flatMap((item) => sqlStep(item, call));
  if (value?.kind !== 'text') return unread(value ?? call, `what ${call.name} runs is known only when it runs`);
  return value.text.trim() === '' ? [] : [{ sql: value.text, span: value.span, text: value }];
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly text?: Text;
}

interface How {
  /** What syntax it is: `Python`. */
  readonly language: string;
  /** Each step is sent by itself, outside a transaction. */
  readonly bare: boolean;
}

/** The SQL of a script, with where each part of it comes from. */
export function asRead(source: string, script: Script, steps: readonly Step[], { language, bare }: How): Read {
  const written = new Written(source, script);
  if (script.brokenAt !== null)
    written.notices.push({
      message: `This is not ${language}: what follows may not have been read.`,
      span: oneUnit(script.brokenAt),
    });
  for (const step of steps) {
    if ('stated' in step) continue;
    const why = 'unread' in step ? step.unread : whyNotSql(step.sql);
    if ('sql' in step && why === null) written.add(step, bare || step.outside === true ? 'batch' : 'file');
    else written.notices.push({ message: `Not read: ${why ?? ''}.`, span: step.span });
  }
  const { sql: text, sections, notices, pieces } = written;
  const transaction = bare ? 'batch' : 'file';
  const before = steps.flatMap((step) => ('stated' in step && whyNotSql(step.stated) === null ? [step.stated] : []));
  return {
    ...{ text, source, sections, notices, transaction, stated: before.join(';\n') },
    placeOf: (span) => placeOf(pieces, span),
  };
}

/** SQL as it is put together. */
class Written {
  readonly pieces: Piece[] = [];
  readonly notices: Unread[] = [];
  readonly sections: { start: number; end: number; transaction: 'batch' | 'file' }[] = [];
  sql = '';
  readonly #source: string;
  readonly #directives: Span[];

  constructor(source: string, { comments }: Script) {
    this.#source = source;
    this.#directives = comments.filter(({ start, end }) => source.slice(start, end).includes('lockkeeper:ignore'));
  }

  /** The step, after the comments before it that turn rules off. */
  add(step: Extract<Step, { sql: string }>, transaction: 'batch' | 'file'): void {
    const start = this.sql.length;
    for (let span = this.#directives[0]; span && span.start < step.span.start; span = this.#directives[0]) {
      this.#directives.shift();
      this.#piece(`-- ${this.#source.slice(span.start, span.end).replaceAll(/\s+/gu, ' ')}`, { span });
    }
    this.#piece(ended(step.sql), step);
    const before = this.sections.at(-1);
    if (transaction === 'file' && before?.transaction === 'file') before.end = this.sql.length;
    else this.sections.push({ start, end: this.sql.length, transaction });
  }

  #piece(text: string, { span, text: literal }: Pick<Piece, 'span' | 'text'>): void {
    const start = this.sql.length;
    this.pieces.push({ start, end: start + text.length, span, ...(literal && { text: literal }) });
    this.sql += `${text}\n`;
  }
}

const oneUnit = (start: number): Span => ({ start, end: start + 1 });

/** A comment at its end must not swallow what follows. */
const ended = (sql: string): string => (/;\s*$/u.test(sql) ? sql : `${sql}\n;`);

function whyNotSql(sql: string): string | null {
  try {
    rawStatements(sql);
    return null;
  } catch (error) {
    if (error instanceof NotSql) return `PostgreSQL's parser does not take it as it stands here (${error.message})`;
    throw error;
  }
}

/** Where in the script a part of its SQL is. */
function placeOf(pieces: readonly Piece[], { start, end }: Span): Span {
  const first = pieceAt(pieces, start);
  const last = pieceAt(pieces, Math.max(start, end - 1));
  if (!first || !last) return { start: 0, end: 0 };
  const from = first.text?.at[start - first.start] ?? first.span.start;
  const to = last.text?.at[end - 1 - last.start];
  return { start: from, end: to === undefined ? last.span.end : to + 1 };
}

const pieceAt = (pieces: readonly Piece[], index: number): Piece | undefined =>
  pieces.findLast(({ start }) => start <= index) ?? pieces[0];
