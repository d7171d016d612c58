import type { Node } from '@pgsql/types';
import { parseSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';
import type { Constraint, Index } from '../catalog/catalog.ts';
import { walk } from '../sql/expressions.ts';
import { raw, type Sql } from '../sql/sql.ts';

/** What follows `ON table` in an index's definition, over another column. */
export function indexOn(index: Index, from: string, to: string): Sql {
  const text = renamed(index.definition, from, to, (tree) => {
    for (const { stmt } of tree.stmts)
      if ('IndexStmt' in stmt)
        Object.assign(stmt.IndexStmt, {
          idxname: 'i',
          unique: false,
          relation: { relname: 't', inh: true },
          ...(index.tablespace === undefined ? {} : { tableSpace: index.tablespace }),
        });
  });
  return raw(text.slice('CREATE INDEX i ON t '.length).replace(/;\s*$/, ''));
}

/** A CHECK or FOREIGN KEY definition over another column. */
export function constraintOn(constraint: Constraint, from: string, to: string): Sql {
  const definition = constraint.definition.replace(/ NOT VALID$/, '');
  const text = renamed(`ALTER TABLE t ADD CONSTRAINT c ${definition}`, from, to);
  const start = /ADD CONSTRAINT c\s+/.exec(text);
  return raw(text.slice((start?.index ?? 0) + (start?.[0].length ?? 0)).replace(/;\s*$/, ''));
}

interface Tree {
  readonly stmts: readonly { readonly stmt: Node }[];
}

/** Renames a column in a statement by its parse tree, never by its text. */
function renamed(statement: string, from: string, to: string, also: (tree: Tree) => void = () => undefined): string {
  const tree = parseSync(statement) as Tree;
  walk(tree, (kind, node) => {
    const n = node as Record<string, unknown>;
    if (kind === 'IndexElem' && n['name'] === from) n['name'] = to;
    if (kind === 'ColumnRef') renameStrings((n['fields'] as readonly unknown[]).slice(-1), from, to);
    for (const list of ['fk_attrs', 'fk_del_set_cols'])
      if (kind === 'Constraint' && Array.isArray(n[list])) renameStrings(n[list], from, to);
  });
  also(tree);
  return tree.stmts.map(({ stmt }) => deparseSync(stmt)).join(';');
}

function renameStrings(fields: readonly unknown[], from: string, to: string): void {
  for (const field of fields as readonly { String?: { sval?: string } }[])
    if (field.String?.sval === from) field.String.sval = to;
}
