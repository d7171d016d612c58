import type { JsonStructure } from '../catalog/json-structure.ts';
import type { Clarification } from '../spec/requirements.ts';
import type { Placed } from './allocate.ts';
import { ask, type Said } from './draft.ts';
import type { Keys } from './keys.ts';
import { percent } from './key-column.ts';
import type { NamedColumn } from './specified-columns.ts';
import type { WishOf } from './wish.ts';

interface NamedTable {
  readonly name: string;
  readonly columns: readonly NamedColumn[];
}

const listOf = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

const dotted = (path: readonly string[]) => path.join('.');

/** Keys that several tables could want. */
export const tossUps = (said: Said, placed: readonly Placed[], tables: readonly string[]): Clarification[] =>
  placed
    .filter(({ tossUp }) => tossUp.length > 1)
    .map(({ path, table, tossUp, why }) =>
      ask(
        said,
        `Which table is ${dotted(path.path)} to go to: ${tossUp.map((i) => tables[i] ?? '').join(' or ')}?`,
        `Names and data do not decide it: ${why}.`,
        `${tables[table] ?? ''}.`,
      ),
    );

/** The default of the whole column says what new documents begin with; that absent keys mean the same is a guess. */
export function defaultsMeant(
  said: Said,
  tables: readonly NamedTable[],
  json: JsonStructure,
  column: string,
): Clarification[] {
  const given = tables.flatMap(({ columns }) =>
    columns.flatMap(({ path, fields }) => {
      const counted = json.paths.find((p) => dotted(p.path) === dotted(path));
      const absent = json.rows - (counted?.rows ?? 0);
      return fields.default === undefined || !counted || absent === 0 || typeof fields.default === 'object'
        ? []
        : [`${dotted(path)} = ${String(fields.default)} (${absent} rows)`];
    }),
  );
  if (!given.length) return [];
  return [
    ask(
      said,
      `Does the application take these for keys that a document lacks: ${given.join(', ')}?`,
      'The new tables show the default there.',
      `Yes: new documents begin with them, as the default of ${column} says.`,
    ),
  ];
}

/** Values outside of those that nearly every document has. */
export const strangers = (said: Said, tables: readonly NamedTable[]): Clarification[] =>
  tables.flatMap(({ name, columns }) =>
    columns.flatMap(({ closed, path, name: column }) =>
      closed
        ? [
            ask(
              said,
              `${dotted(path)} is ${listOf(closed.values)}, but something else in ${closed.strangers} documents: are those mistakes?`,
              `A check on ${name}.${column} keeps other values out.`,
              'Yes: the check stands, and those rows wait in quarantine for a person.',
            ),
          ]
        : [],
    ),
  );

/** Keys without a column. */
export function keysLeft(
  said: Said,
  { others }: Keys,
  rows: number,
  home: string | null,
  why: string,
): Clarification[] {
  if (!others.length || home === null) return [];
  const shown = others
    .slice(0, 10)
    .map(({ path, rows: having }) => `${dotted(path)} (${percent(having / Math.max(1, rows))} of rows)`);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  return [
    ask(
      said,
      `Should these keys have columns of their own: ${shown.join(', ')}${more}?`,
      why,
      `No: they are kept in ${home}, and go back and forth with it.`,
    ),
  ];
}

/** A table that no key was found for. */
export const emptyTable = (wish: WishOf<'new_table'>, column: string, keys: readonly string[]): Clarification =>
  ask(
    wish,
    `Which keys is ${wish.table} to hold? ${column} has ${keys.join(', ') || 'none'}.`,
    'No key has a word of its name.',
    'It is left out of the draft.',
  );
