import { type Column, columnNamed, type Relation } from './world/objects.ts';
import { as } from './nodes.ts';
import { qualified, quoted, quotedList } from './names.ts';
import { wordsAt } from './places.ts';
import { provesNotNull } from './proof.ts';
import type { Command, Context } from './rule.ts';
import type { Span } from './tokens.ts';

/** What is written at a place of the file. */
export const written = ({ text }: Context, { start, end }: Span): string => text.slice(start, end);

/** The statement with some of its places replaced. */
export function edited({ statement, text }: Context, edits: readonly (Span & { readonly to: string })[]): string {
  let [result, from] = ['', statement.start];
  for (const { start, end, to } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(from, start) + to;
    from = end;
  }
  return `${result}${text.slice(from, statement.end)};`;
}

/** The statement with words put in after a run of its own; null when it is written in another way. */
export function withWords(context: Context, words: readonly string[], added: string): string | null {
  const place = wordsAt(context.statement, words);
  return place && edited(context, [{ start: place.end, end: place.end, to: ` ${added}` }]);
}

/** The statement without a run of its words. */
export function withoutWords(context: Context, words: readonly string[]): string | null {
  const place = wordsAt(context.statement, words);
  if (!place) return null;
  const from = context.statement.start;
  const start = from + context.text.slice(from, place.start).trimEnd().length;
  return edited(context, [{ start, end: place.end, to: '' }]);
}

const inOwnTransactions = (statements: readonly string[]): string =>
  statements.map((statement, i) => (i === 0 ? statement : `-- when that is committed:\n${statement}`)).join('\n\n');

export const noTransaction = (statement: string): string => `-- outside a transaction:\n${statement}`;

/** The ALTER TABLE with other statements in place of one of its actions. */
export function instead(context: Context, command: Command, statements: readonly string[]): string {
  const others = context.commands.filter((other) => other !== command);
  const kept = others.map(({ at }) => written(context, at)).join(',\n  ');
  const first = kept === '' ? [] : [`${alterTable(context, command.table)} ${kept};`];
  return inOwnTransactions([...first, ...statements]);
}

/** The beginning of the user's own ALTER TABLE. */
export function alterTable({ statement, text }: Context, table: Relation): string {
  const relation = as(statement.node, 'AlterTableStmt')?.relation;
  const at = relation && wordsAt(statement, ['ALTER', 'TABLE']);
  if (!at || text === '') return `ALTER TABLE ${qualified(table)}`;
  return `ALTER TABLE ${relation.inh === true ? '' : 'ONLY '}${qualified(table)}`;
}

/** The ways to make a column NOT NULL while the table is used, as statements; none when it is already. */
export function notNullSteps(
  { pg }: Context,
  table: Relation,
  column: string,
  constraint = `${table.name}_${column}_not_null`,
): readonly string[] {
  const known: Column | undefined = columnNamed(table, column);
  if (known?.notNull === true) return [];
  const alter = `ALTER TABLE ${qualified(table)}`;
  const name = quoted(constraint);
  const begun = table.constraints.find(
    ({ kind, validated, columns }) => kind === 'not-null' && !validated && columns[0] === column,
  );
  if (begun) return [`${alter} VALIDATE CONSTRAINT ${quoted(begun.name)};`];
  if (pg >= 18)
    return [
      `${alter} ADD CONSTRAINT ${name} NOT NULL ${quoted(column)} NOT VALID;`,
      `${alter} VALIDATE CONSTRAINT ${name};`,
    ];
  if (pg >= 12 && provesNotNull(table, column)) return [`${alter} ALTER COLUMN ${quoted(column)} SET NOT NULL;`];
  return [
    `${alter} ADD CONSTRAINT ${name} CHECK (${quoted(column)} IS NOT NULL) NOT VALID;`,
    `${alter} VALIDATE CONSTRAINT ${name};`,
    ...(pg >= 12 ? [`${alter} ALTER COLUMN ${quoted(column)} SET NOT NULL;`, `${alter} DROP CONSTRAINT ${name};`] : []),
  ];
}

/** A unique index built while the table is used, which a constraint then takes over. */
export const uniqueIndex = (table: Relation, name: string, columns: readonly string[], rest = ''): string =>
  `CREATE UNIQUE INDEX CONCURRENTLY ${quoted(name)} ON ${qualified(table)} (${quotedList(columns)})${rest};`;

/** The ADD COLUMN without one word of its constraints; null when more than the word belongs to it. */
export function withoutInline(context: Context, command: Command, word: string): readonly string[] | null {
  const place = wordsAt(context.statement, word.split(' '), command.at.start);
  const text = written(context, command.at);
  if (!place || place.start > command.at.end || /\bCONSTRAINT\b/iu.test(text)) return null;
  const before = context.text.slice(command.at.start, place.start).trimEnd();
  return [`${alterTable(context, command.table)} ${before}${context.text.slice(place.end, command.at.end)};`];
}

/** How rows get a value little by little; what the value is only the author knows. */
export const backfill = (table: Relation, column: string, value = '…'): string =>
  `-- in batches, by key, each in a transaction of its own:\n-- UPDATE ${qualified(table)} SET ${quoted(column)} = ${value} WHERE ${quoted(column)} IS NULL AND … ;`;
