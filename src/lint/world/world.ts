import type { RangeVar } from '@pgsql/types';
import { type Name, nameOf } from '../nodes.ts';
import { Indexes } from './indexes.ts';
import { History, Ledger } from './ledger.ts';
import { type Index, keyOf, type Origin, type Relation, type Routine, type UserType } from './objects.ts';
import { Session } from './session.ts';

/** The database as the statements read so far leave it. */
export class World {
  readonly history = new History();
  readonly relations = new Ledger<Relation>(this.history);
  readonly indexes = new Indexes(this.history);
  readonly types = new Ledger<UserType>(this.history);
  readonly routines = new Ledger<Routine>(this.history);
  /** The types that got a label later, by the label. */
  readonly addedLabels = new Ledger<readonly string[]>(this.history);
  /** Schemas, publications and extensions: `schema app`. */
  readonly others = new Ledger<Origin>(this.history);
  readonly session = new Session(this.history);
  /** The file that is read; -1 while the schema before all files is. */
  file = -1;
  /** Files whose objects count as new too, because they are deployed together with the one that is read. */
  readonly pending: ReadonlySet<number>;

  constructor(pending: ReadonlySet<number> = new Set()) {
    this.pending = pending;
  }

  /** What is made now. */
  get now(): Origin {
    return this.file === -1 ? null : { file: this.file, transaction: this.session.transactionId };
  }

  /** Nobody can be using it yet: this file made it. */
  isNew(origin: Origin): boolean {
    if (origin === null) return false;
    return origin.file === this.file || (this.pending.has(this.file) && this.pending.has(origin.file));
  }

  /** Where a name would be created. */
  qualify({ schema, name }: Name): { schema: string; name: string } {
    return { schema: schema ?? this.session.searchPath()[0] ?? 'public', name };
  }

  find({ schema, name }: Name): Relation | undefined {
    return lookUp(this.relations, this.schemasOf(schema), name);
  }

  findIndex({ schema, name }: Name): Index | undefined {
    return lookUp(this.indexes, this.schemasOf(schema), name);
  }

  findType({ schema, name }: Name): UserType | undefined {
    return lookUp(this.types, this.schemasOf(schema), name);
  }

  findRoutine({ schema, name }: Name): Routine | undefined {
    return lookUp(this.routines, this.schemasOf(schema), name);
  }

  private schemasOf(schema: string | null): readonly string[] {
    return schema === null ? ['pg_temp', ...this.session.searchPath()] : [schema];
  }

  /** The relation, or what has to be assumed of one that no file creates. */
  relation(named: RangeVar | Name | undefined): Relation {
    const name = named === undefined ? { schema: null, name: '' } : 'name' in named ? named : nameOf(named);
    return this.find(name) ?? { ...assumed, ...this.qualify(name) };
  }

  /** The relation under a key: what is known of it. */
  byKey(key: string): Relation {
    const dot = key.indexOf('.');
    return this.relations.get(key) ?? { ...assumed, schema: key.slice(0, dot), name: key.slice(dot + 1) };
  }

  put(relation: Relation): void {
    this.relations.set(keyOf(relation), relation);
  }

  indexesOf(table: Relation): readonly Index[] {
    return this.indexes.of(keyOf(table));
  }
}

function lookUp<V>(
  ledger: { get: (key: string) => V | undefined },
  schemas: readonly string[],
  name: string,
): V | undefined {
  for (const schema of schemas) {
    const found = ledger.get(keyOf({ schema, name }));
    if (found !== undefined) return found;
  }
  return undefined;
}

const assumed: Omit<Relation, 'schema' | 'name'> = {
  kind: 'table',
  origin: null,
  temporary: false,
  complete: false,
  columns: [],
  constraints: [],
  parent: null,
  partitions: [],
  defaultPartition: null,
  partitionKey: [],
  policies: [],
  rowSecurity: false,
};

/** A relation that a statement makes, of which everything is known. */
export const created = (world: World, name: Name, what: Partial<Relation>): Relation => ({
  ...assumed,
  complete: true,
  origin: world.now,
  ...(what.temporary ? { schema: 'pg_temp', name: name.name } : world.qualify(name)),
  ...what,
});
