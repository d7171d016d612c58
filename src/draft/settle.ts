import type { Column } from '../catalog/catalog.ts';
import { ask, cannot, type Comment, type Findings, nothing, operation, question } from './draft.ts';
import { refOf } from './names.ts';
import { canonicalType } from './types.ts';
import { settleIndex } from './settle-index.ts';
import { findColumn, type World } from './world.ts';
import type { Wish, WishOf } from './wish.ts';

/** What a wish becomes in this database: an operation, or a question when it does not fit. Tables that are new are settled elsewhere. */
export function settle(wish: Exclude<Wish, WishOf<'new_table'>>, world: World): Findings {
  if (wish.kind === 'rename_column') return rename(wish, world);
  if (wish.kind === 'change_column_type') return changeType(wish, world);
  if (wish.kind === 'create_index') return settleIndex(wish, world);
  return cannot(wish, wish.what, wish.what === 'read this SQL' ? 'PostgreSQL’s parser does not take it.' : undefined);
}

function rename(wish: WishOf<'rename_column'>, world: World): Findings {
  const found = findColumn(world, wish.table, wish.from, wish);
  const already = found.table === null ? findColumn(world, wish.table, wish.to, wish) : null;
  if (already?.table)
    return question(
      wish,
      `${already.table.name}.${already.column.name} has its new name already. Is the page older than the database?`,
      'There is nothing to rename.',
    );
  if (found.table === null) return found.findings;
  const { table, column } = found;
  if (table.columns.some(({ name }) => name === wish.to))
    return question(
      wish,
      `${table.name} has a column ${wish.to} already. Which name is meant?`,
      'Both cannot be called so.',
    );
  return operation(wish, 'rename_column', { table: refOf(table), from: column.name, to: wish.to });
}

function changeType(wish: WishOf<'change_column_type'>, world: World): Findings {
  const found = findColumn(world, wish.table, wish.column, wish);
  if (found.table === null) return found.findings;
  const { table, column } = found;
  const of = `${table.name}.${column.name}`;
  const wanted = canonicalType(wish.type);
  if (wanted === null)
    return question(wish, `Which type is ${of} to have? “${wish.type}” is none.`, 'It cannot be cast to.');
  if (wish.to === null && wanted === canonicalType(column.type))
    return wish.was === null && wish.up === null
      ? nothing
      : question(
          wish,
          `${of} is ${column.type} already. Is the page older than the database?`,
          'There is nothing to change.',
        );
  if (wish.to !== null && wish.up === null)
    return question(
      wish,
      `How is ${wish.to} computed from ${of}?`,
      'Old and new code run side by side, so each write is converted, in both directions.',
    );
  const fields = {
    ...{ table: refOf(table), column: column.name },
    ...(wish.to === null ? {} : { to: wish.to }),
    type: wish.type,
    ...(wish.up === null ? {} : { up: wish.up }),
    ...(wish.down === null ? {} : { down: wish.down }),
    ...(wish.to === null ? { end_as: column.name } : {}),
  };
  const drafted = operation(wish, 'change_column_type', fields, typeComments(wish, column));
  return { ...drafted, questions: typeQuestions(wish, of, column) };
}

const typeComments = ({ to, up, down }: WishOf<'change_column_type'>, { type }: Column): readonly Comment[] => [
  { path: ['type'], text: `${type} now` },
  ...(up !== null && down !== null ? [{ path: ['up'], text: 'by its name: hundredths' }] : []),
  ...(to === null ? [{ path: ['end_as'], text: 'a second migration gives the new column the old name' }] : []),
];

function typeQuestions(wish: WishOf<'change_column_type'>, of: string, { type }: Column) {
  const { was } = wish;
  return [
    ...(was !== null && canonicalType(was) !== canonicalType(type)
      ? [
          ask(
            wish,
            `${of} is ${type}, not ${was} as the page says. Is it the column that is meant?`,
            'Page and database do not agree.',
            'Yes: what the database says counts.',
          ),
        ]
      : []),
    ...(wish.up !== null
      ? [
          ask(
            wish,
            `Is ${of} converted by ${wish.up}, and back by ${wish.down ?? `a cast to ${type}`}?`,
            'Each write goes both ways until contract, and verify counts the values that do not come back.',
            'Yes.',
          ),
        ]
      : []),
  ];
}
