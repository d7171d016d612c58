import type { Constraint, Index, Table } from '../catalog/catalog.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { Archiving } from '../steps/archive.ts';
import { createIndexConcurrently } from '../steps/concurrent-index.ts';
import { low } from '../steps/risk.ts';
import type { Lock, Statement } from '../steps/step.ts';
import { constraintOn, indexOn } from './renamed-definition.ts';

const leaving: readonly Constraint['type'][] = ['unique', 'check', 'foreign'];

/** The constraints of a column that leave and come back with it. */
export const constraintsOf = (table: Table, column: string): readonly Constraint[] =>
  table.constraints.filter((c) => c.columns.includes(column) && leaving.includes(c.type));

export const uniqueIndexes = (table: Table, column: string): readonly Index[] =>
  table.indexes.filter((i) => i.unique && i.valid && !i.primary && i.dependsOn.includes(column));

/** Dropping a foreign key locks both tables. */
export const referenced = (relation: RelationName, constraints: readonly Constraint[]): readonly RelationName[] => [
  ...new Map(
    constraints.flatMap(({ references }) =>
      references && !same(references, relation) ? [[JSON.stringify(references), references] as const] : [],
    ),
  ).values(),
];

/** A column that leaves with its constraints, and nothing takes their names over. */
export function leave(
  relation: RelationName,
  column: string,
  uniques: readonly Index[],
  constraints: readonly Constraint[],
): NonNullable<Archiving['alongside']> {
  const drops = [
    ...uniques
      .filter((i) => i.constraint === null)
      .map((i) => sql`DROP INDEX ${qualified({ schema: relation.schema, name: i.name })}`),
    ...constraints.map((c) => sql`ALTER TABLE ${qualified(relation)} DROP CONSTRAINT ${ident(c.name)}`),
  ];
  return {
    sql: join(drops.length ? drops : [sql`SELECT`], ';\n'),
    undo: sql`SELECT`,
    ...comeBack(relation, column, uniques, constraints),
  };
}

/**
 * What the old column's constraints and unique indexes would refuse or cascade after contract: its values are not kept up any more.
 * They go with it, and come back once every row says again what the new column says.
 */
export function comeBack(
  relation: RelationName,
  column: string,
  uniques: readonly Index[],
  constraints: readonly Constraint[],
): Pick<NonNullable<Archiving['alongside']>, 'rebuild' | 'finish'> {
  const table = qualified(relation);
  const lock = (mode: Lock['mode'], holds: Lock['holds'], c?: Constraint): readonly Lock[] => [
    { relation, mode, holds },
    ...(c?.references && !same(c.references, relation)
      ? [{ relation: c.references, mode: holds === 'scan' ? ('ROW SHARE' as const) : mode, holds }]
      : []),
  ];
  const building = low('the build blocks neither reads nor writes', 'A failed build is dropped and built again.');
  return {
    rebuild: uniques.map((i) =>
      createIndexConcurrently(
        { name: i.name, table: relation, on: indexOn(i, column, column), unique: true },
        building,
      ),
    ),
    finish: [
      ...uniques.flatMap((i): Statement[] => {
        const statements = [
          ...(i.constraint === null
            ? []
            : [sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(i.constraint)} UNIQUE USING INDEX ${ident(i.name)}`]),
          ...markIndex(relation, i),
        ];
        return statements.length ? [{ sql: join(statements, ';\n'), locks: lock('ACCESS EXCLUSIVE', 'instant') }] : [];
      }),
      ...constraints.flatMap((c): Statement[] => [
        ...(c.type === 'unique'
          ? []
          : [
              {
                sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(c.name)} ${constraintOn(c, column, column)} NOT VALID`,
                locks: lock(c.type === 'foreign' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', 'instant', c),
              },
              ...(c.validated
                ? [
                    {
                      sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${ident(c.name)}`,
                      locks: lock('SHARE UPDATE EXCLUSIVE', 'scan', c),
                    },
                  ]
                : []),
            ]),
        ...(c.comment === null
          ? []
          : [{ sql: commentOn(relation, c), locks: lock('SHARE UPDATE EXCLUSIVE', 'instant') }]),
      ]),
    ],
  };
}

const same = (a: RelationName, b: RelationName) => a.schema === b.schema && a.name === b.name;

export const commentOn = (relation: RelationName, c: Constraint): Sql =>
  sql`COMMENT ON CONSTRAINT ${ident(c.name)} ON ${qualified(relation)} IS ${c.comment}`;

/** What an index has besides its definition. */
export function markIndex(relation: RelationName, i: Index): readonly Sql[] {
  const index = qualified({ schema: relation.schema, name: i.name });
  return [
    ...(i.statistics ?? []).map(
      ({ position, target }) =>
        sql`ALTER INDEX ${index} ALTER COLUMN ${raw(String(position))} SET STATISTICS ${raw(String(target))}`,
    ),
    ...(i.comment === null ? [] : [sql`COMMENT ON INDEX ${index} IS ${i.comment}`]),
    ...(i.clustered ? [sql`ALTER TABLE ${qualified(relation)} CLUSTER ON ${ident(i.name)}`] : []),
  ];
}
