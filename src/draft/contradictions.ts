import type { Clarification, Fact, Requirements, SpecifiedColumn } from '../spec/requirements.ts';
import { ask, type Said } from './draft.ts';
import { columnCalled, splitName, tablesCalled } from './look-up.ts';
import { typeOf } from './specified.ts';
import { canonicalType } from './types.ts';
import { isJson, listed, type World } from './world.ts';

/** Where a page describes the schema as it is, and the database says something else. */
export const contradictions = ({ facts, columns }: Requirements, world: World): Clarification[] => [
  ...facts.filter(({ slot }) => slot === 'current').flatMap((fact) => inFact(fact, world)),
  ...columns
    .filter(({ side }) => side === 'current')
    .filter((c) => !columns.some((o) => o.side === 'target' && o.table === c.table && o.column === c.column))
    .flatMap((column) => inColumn(column, world)),
];

const differs = (said: Said, question: string): Clarification =>
  ask(said, question, 'The page describes another schema than the database has.', 'What the database says counts.');

function inFact(fact: Fact, world: World): Clarification[] {
  const tables = fact.names.filter(({ kind }) => kind === 'table');
  const there = tables.flatMap(({ name }) => tablesCalled(world.tables, name));
  const columns = fact.names.filter(({ kind, name }) => kind === 'column' && !name.includes('.'));
  return [
    ...tables
      .filter(({ name }) => !tablesCalled(world.tables, name).length)
      .map(({ name }) => differs(fact, `There is no table ${name} in this database: which one is meant?`)),
    ...(there.length
      ? columns
          .filter(({ name }) => there.every((table) => columnCalled(table, name) === null))
          .map(({ name }) =>
            differs(fact, `There is no column ${name} in ${there[0]?.name ?? ''}: which one is meant?`),
          )
      : []),
    ...fact.names.flatMap(({ name }) => notThere(name, fact, world)),
    ...(/\bjsonb?\b/iu.test(fact.text) ? columns.flatMap(({ name }) => noJson(name, fact, world)) : []),
  ];
}

/** `users.preferences` where there is such a table. */
const notThere = (name: string, said: Said, world: World): Clarification[] =>
  splitName(name).flatMap(({ table, column }) => {
    const [found] = tablesCalled(world.tables, table);
    return found && columnCalled(found, column) === null
      ? [differs(said, `There is no column ${column} in ${found.name}: which one is meant?`)]
      : [];
  });

const noJson = (name: string, said: Said, { catalog }: World): Clarification[] => {
  const found = catalog.tables.flatMap((table) => {
    const called = columnCalled(listed(table), name);
    return table.columns.filter((c) => c.name === called).map((column) => ({ table, column }));
  });
  const [only] = found;
  return only && found.every(({ column }) => !isJson(column))
    ? [differs(said, `${only.table.name}.${only.column.name} is ${only.column.type}, not JSON. Which column is meant?`)]
    : [];
};

function inColumn(c: SpecifiedColumn, world: World): Clarification[] {
  const said = { text: [c.table, c.column].filter(Boolean).join('.'), line: c.line, block: c.block };
  const [found] = c.table === null ? [] : tablesCalled(world.tables, c.table);
  if (c.table === null) return [];
  if (!found) return [differs(said, `There is no table ${c.table} in this database: which one is meant?`)];
  const name = columnCalled(found, c.column);
  if (name === null)
    return c.change === 'is'
      ? [differs(said, `There is no column ${c.column} in ${found.name}: which one is meant?`)]
      : [];
  const column = world.catalog.tables
    .find((t) => t.schema === found.schema && t.name === found.name)
    ?.columns.find((o) => o.name === name);
  const type = typeOf(c);
  const same = !column || type === null || canonicalType(type) === null || loosely(type) === loosely(column.type);
  return same || c.change !== 'is'
    ? []
    : [differs(said, `${found.name}.${name} is ${column.type}, not ${type}. Is it the column that is meant?`)];
}

/** An Int of Prisma may be any integer, and json may be jsonb, without anything being wrong. */
const loosely = (type: string): string =>
  canonicalType(type)
    ?.replace(/int[248]/u, 'int')
    .replace('jsonb', 'json')
    .replace(/timestamptz?/u, 'timestamp')
    .replace(/\[[\d,]*\]/u, '') ?? type;
