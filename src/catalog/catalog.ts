import type { RelationName } from '../sql/sql.ts';
import { columnNotFound, tableNotFound } from './errors.ts';

/** The server as the planner needs to know it. */
export interface Server {
  /** 180004 for 18.4. */
  readonly versionNumber: number;
  readonly major: number;
  readonly database: string;
  readonly user: string;
  readonly superuser: boolean;
  /** Row-level security does not hold for this role, whoever owns the table. */
  readonly bypassesRowSecurity: boolean;
  readonly standby: boolean;
  readonly deadlockTimeoutMs: number;
  /** May this role SET deadlock_timeout? (superuser, or GRANT SET on 15 and later) */
  readonly maySetDeadlockTimeout: boolean;
  readonly statementsInstalled: boolean;
  /** Event triggers whose functions look names up by the path of the session, with these. */
  readonly eventTriggers: readonly { readonly name: string; readonly function: string }[];
}

export interface Column {
  readonly name: string;
  readonly number: number;
  /** As format_type prints it, with modifiers. */
  readonly type: string;
  /** `json`, `jsonb`, `int4`, …: the base type's pg_type.typname (domains looked through). */
  readonly baseType: string;
  readonly notNull: boolean;
  /** Its domain takes no NULL, whatever the column says. Absent: it does. */
  readonly refusesNull?: true;
  /** The default as pg_get_expr prints it; for a generated column, its expression. */
  readonly default: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
  /** Only when it differs from the type's own. Quoted and qualified. */
  readonly collation: string | null;
  readonly comment: string | null;
  /** null: the server's default. */
  /** The equality operator with its schema, when its type brings its own: OPERATOR(public.=). Absent: =. */
  readonly equals?: string | null;
  readonly statisticsTarget: number | null;
  /** How it is stored and compressed, and its own settings (`n_distinct=5`); absent: as its type has it. */
  readonly storage?: 'plain' | 'external' | 'main' | 'extended';
  readonly compression?: 'pglz' | 'lz4';
  readonly options?: readonly string[];
  /** Sequences that go when it goes: `serial`. */
  readonly sequences?: readonly RelationName[];
  /** Average width in bytes and share of NULLs, from pg_stats; null before the first ANALYZE. */
  readonly averageWidth: number | null;
  readonly nullShare: number | null;
  /** attacl entries as aclexplode shows them. */
  readonly grants: readonly Grant[];
}

export interface Grant {
  /** A role's name, or null for PUBLIC. */
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

export interface Constraint {
  readonly name: string;
  readonly type: 'primary' | 'unique' | 'foreign' | 'check' | 'exclusion' | 'not null';
  /** pg_get_constraintdef */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly deferrable: boolean;
  readonly validated: boolean;
  /** For foreign keys: what it points at. */
  readonly references: RelationName | null;
  readonly comment: string | null;
}

export interface Index {
  readonly name: string;
  /** pg_get_indexdef */
  readonly definition: string;
  /** Columns named directly; expressions and predicates are in `definition`. */
  readonly columns: readonly string[];
  /** All columns it depends on, expressions and predicate included. */
  readonly dependsOn: readonly string[];
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  /** It has a predicate or an expression, so it is not a key of the whole table. Absent: no. */
  readonly partial?: boolean;
  /** The constraint that owns it, if any. */
  readonly constraint: string | null;
  /** Statistics targets of its expressions, by position; where it lies; whether the table is clustered on it, or replicated by it. Absent: not. */
  readonly statistics?: readonly { readonly position: number; readonly target: number }[];
  readonly tablespace?: string;
  readonly clustered?: boolean;
  readonly replicaIdentity?: boolean;
  readonly bytes: number;
  readonly comment: string | null;
}

export interface Trigger {
  readonly name: string;
  readonly definition: string;
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled';
  readonly function: RelationName;
}

/** One row-level security policy. */
export interface PolicyRule {
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  /** Sorted; null for everybody. */
  readonly roles: readonly (string | null)[];
  readonly using: string | null;
  readonly check: string | null;
}

/** A table's storage: itself, or a leaf partition. */
export interface Leaf extends RelationName {
  readonly oid: number;
  readonly fileNode: number;
  readonly pages: number;
}

/** A partition at any depth below a table. */
export interface Partition extends RelationName {
  readonly parent: RelationName;
  /** It holds rows; else it has partitions itself. */
  readonly leaf: boolean;
}

/** A partition's own index or constraint. */
export interface OnPartition {
  readonly kind: 'index' | 'constraint';
  readonly name: string;
  readonly partition: RelationName;
  readonly columns: readonly string[];
}

/** Another object that uses the table, found in pg_depend. */
export interface Dependant {
  readonly kind:
    | 'view'
    | 'materialized view'
    | 'function'
    | 'policy'
    | 'foreign key'
    | 'publication'
    | 'row filter'
    | 'trigger'
    | 'statistics'
    | 'rule';
  /** As a person would write it, quoted. */
  readonly name: string;
  /** The columns it uses; empty when it uses the table as a whole or that cannot be known. */
  readonly columns: readonly string[];
}

export interface Table extends RelationName {
  readonly oid: number;
  readonly kind: 'table' | 'partitioned';
  readonly owner: string;
  /** reltuples summed over the leaves; -1 when never analyzed. */
  readonly rows: number;
  /** Heap and TOAST, without indexes. */
  readonly bytes: number;
  readonly indexBytes: number;
  readonly pages: number;
  readonly unlogged: boolean;
  readonly comment: string | null;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  /** User triggers only, foreign-key triggers excluded. */
  readonly triggers: readonly Trigger[];
  /** Rules ON UPDATE, those of its partitions among them. */
  readonly updateRules?: readonly string[];
  readonly grants: readonly Grant[];
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  readonly policies: readonly string[];
  /** What those policies say; absent: nothing is known but their names. */
  readonly policyRules?: readonly PolicyRule[];
  /** Foreign keys of other tables that point here. */
  readonly referencedBy: readonly (RelationName & { readonly constraint: string; readonly definition: string })[];
  readonly dependants: readonly Dependant[];
  readonly publications: readonly string[];
  readonly subscriptions: readonly string[];
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  /** The table itself, or every leaf partition. */
  readonly leaves: readonly Leaf[];
  /** Those of a partitioned table, parents first. */
  readonly partitions: readonly Partition[];
  /** Columns that the partition keys of the table and of its partitions use. */
  readonly partitionedBy: readonly string[];
  /** Indexes and constraints that partitions have and the table itself has not. */
  readonly onlyOnPartitions: readonly OnPartition[];
  /** What it inherits from or is a partition of, and the composite type it was made of: others decide its columns then. */
  readonly parents: readonly RelationName[];
  readonly ofType: string | null;
  /** Plain inheritance children (not partitions). */
  readonly children: readonly RelationName[];
  /** Inserts, updates and deletes counted by pg_stat_user_tables since its last reset, and for how many seconds. */
  readonly writes: { readonly count: number; readonly seconds: number | null };
}

/** Who may put something into a schema, and whose names are looked up there. */
export interface Schema {
  readonly name: string;
  /** Roles that may create objects in it and could not do as this role does anyway; null for everybody. */
  readonly creators: readonly (string | null)[];
  /** Triggers of the tables whose functions have no search_path of their own and name something in it. */
  readonly namedBy: readonly string[];
}

/** What the database looks like at one moment, for the tables a migration names. Never talks to the database itself. */
export class Catalog {
  readonly server: Server;
  readonly tables: readonly Table[];
  /** Every name in use among relations in the schemas touched, so that new names can be checked. */
  readonly relationNames: readonly RelationName[];
  /** The schemas that hold tables of people. */
  readonly schemas: readonly Schema[];
  /** Domains with a CHECK or NOT NULL, their own or of the domain they are made of, as format_type prints them. */
  readonly checkedDomains: readonly string[];

  constructor(
    server: Server,
    tables: readonly Table[],
    relationNames: readonly RelationName[],
    schemas: readonly Schema[] = [],
    checkedDomains: readonly string[] = [],
  ) {
    this.server = server;
    this.tables = tables;
    this.relationNames = relationNames;
    this.schemas = schemas;
    this.checkedDomains = checkedDomains;
  }

  table({ schema, name }: RelationName): Table {
    const found = this.tables.find((t) => t.schema === schema && t.name === name);
    if (!found) throw tableNotFound({ schema, name }, this.relationNames);
    return found;
  }

  column(table: RelationName, name: string): Column {
    const { columns } = this.table(table);
    const found = columns.find((c) => c.name === name);
    if (!found)
      throw columnNotFound(
        table,
        name,
        columns.map((c) => c.name),
      );
    return found;
  }

  has({ schema, name }: RelationName): boolean {
    return this.relationNames.some((r) => r.schema === schema && r.name === name);
  }

  /** The same catalog with one table replaced, as the next operation of a migration will find it. */
  withTable(changed: Table): Catalog {
    const others = this.tables.filter((t) => t.schema !== changed.schema || t.name !== changed.name);
    const names = this.has(changed) ? this.relationNames : [...this.relationNames, changed];
    return new Catalog(this.server, [...others, changed], names, this.schemas, this.checkedDomains);
  }
}

/** The primary key's columns, or those of the best unique NOT NULL index; empty when the table has no key. */
export function keyOf(table: Table): readonly Column[] {
  const unique = table.indexes.filter((i) => i.unique && i.valid && !i.partial);
  const notNull = (index: Index) =>
    index.columns.every((name) => table.columns.some((c) => c.name === name && c.notNull));
  const chosen = unique.find((i) => i.primary) ?? unique.find(notNull);
  return (chosen?.columns ?? []).flatMap((name) => table.columns.filter((c) => c.name === name));
}
