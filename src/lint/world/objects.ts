import type { Node } from '@pgsql/types';
import type { Name } from '../nodes.ts';
import type { ColumnType } from './column-type.ts';

/** Where something was made: null for what was there before the files. */
export type Origin = { readonly file: number; readonly transaction: number } | null;

export interface Column {
  readonly name: string;
  /** Null when nobody said. */
  readonly type: ColumnType | null;
  /** Null when nobody said. */
  readonly notNull: boolean | null;
  readonly default: Node | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: boolean;
  readonly origin: Origin;
  /** When it was last made NOT NULL. */
  readonly notNullSince: Origin;
}

export interface TableConstraint {
  readonly kind: 'check' | 'not-null' | 'foreign' | 'unique' | 'primary' | 'exclusion';
  readonly name: string;
  readonly columns: readonly string[];
  readonly expression: Node | null;
  readonly validated: boolean;
  /** The key of the referenced table, and its columns when they were named. */
  readonly references: string | null;
  readonly referencedColumns: readonly string[];
  readonly index: string | null;
  readonly origin: Origin;
}

/** `unnamed` is the table of an index that nobody created before us. */
export type RelationKind = 'table' | 'partitioned' | 'view' | 'matview' | 'sequence' | 'foreign' | 'unnamed';

/** A table, view or sequence. One the files do not create exists, is large and in use. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly origin: Origin;
  readonly temporary: boolean;
  /** Everything about it is known: the files or the schema created it. */
  readonly complete: boolean;
  readonly columns: readonly Column[];
  readonly constraints: readonly TableConstraint[];
  /** The keys of its partitioned table and of its partitions. */
  readonly parent: string | null;
  readonly partitions: readonly string[];
  readonly defaultPartition: string | null;
  readonly partitionKey: readonly Node[];
  readonly policies: readonly string[];
  readonly rowSecurity: boolean;
}

export interface Index {
  readonly schema: string;
  readonly name: string;
  /** The key of its table. */
  readonly table: string;
  readonly unique: boolean;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  /** Columns its expressions and its WHERE name. */
  readonly mentioned: readonly string[];
  readonly where: Node | null;
  /** It belongs to a constraint. */
  readonly constraint: string | null;
  /** A build without a lock may have left it invalid. */
  readonly concurrent: boolean;
  readonly origin: Origin;
}

export interface DomainConstraint {
  readonly name: string | null;
  readonly expression: Node | null;
  readonly validated: boolean;
}

export interface UserType {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'enum' | 'domain' | 'composite' | 'range' | 'other';
  readonly origin: Origin;
  readonly base: ColumnType | null;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly constraints: readonly DomainConstraint[];
  /** Labels with the transaction that added them later, null for those it was created with. */
  readonly labels: ReadonlyMap<string, Origin>;
}

export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly origin: Origin;
}

export const keyOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${schema}.${name}`;

/** How people write it: without the schema that is looked in anyway. */
export const shown = ({ schema, name }: Name): string =>
  schema === null || schema === 'public' || schema === '' ? name : `${schema}.${name}`;

export const columnNamed = (relation: Relation, name: string): Column | undefined =>
  relation.columns.find((column) => column.name === name);
