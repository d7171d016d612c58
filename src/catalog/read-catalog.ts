import type { Queryable } from '../database/database.ts';
import type { RelationName } from '../sql/sql.ts';
import { Catalog, type Dependant, type Table } from './catalog.ts';
import { readCheckedDomains } from './read-checked-domains.ts';
import { readChildren } from './read-children.ts';
import { readColumns, grantKey } from './read-columns.ts';
import { readConstraints } from './read-constraints.ts';
import { readDependants } from './read-dependants.ts';
import { readGrants } from './read-grants.ts';
import { readIndexes } from './read-indexes.ts';
import { readLeaves, type LeafRow } from './read-leaves.ts';
import { readMentions } from './read-mentions.ts';
import { readPartitionKeys } from './read-partition-keys.ts';
import { readPartitionParts } from './read-partition-parts.ts';
import { readPartitions } from './read-partitions.ts';
import { readPolicies } from './read-policies.ts';
import { readPublications } from './read-publications.ts';
import { readReferencedBy } from './read-referenced-by.ts';
import { readRelationNames } from './read-relation-names.ts';
import { readSchemas } from './read-schemas.ts';
import { readServer } from './read-server.ts';
import { readStatisticsAge } from './read-statistics-age.ts';
import { readSubscriptions } from './read-subscriptions.ts';
import { readTables, type TableRow } from './read-tables.ts';
import { readTriggers } from './read-triggers.ts';
import { withSetting } from './with-setting.ts';

/** What the database looks like now, for these tables; those that do not exist are simply not in it. What is ours, in the journal's schema, is left out. */
export const readCatalog = (
  db: Queryable,
  tables: readonly RelationName[],
  { journal = 'lockkeeper' }: { readonly journal?: string } = {},
): Promise<Catalog> =>
  // PostgreSQL leaves out the schema of what search_path finds: this way every definition reads the same for everybody.
  withSetting(db, 'search_path', 'pg_catalog', async () => {
    const server = await readServer(db);
    const rows = await readTables(db, tables);
    const read = await readParts(db, rows, server.versionNumber, journal);
    const found = rows.map(read);
    const schemas = [...new Set([...tables, ...found.flatMap((t) => t.partitions)].map((t) => t.schema))];
    return new Catalog(
      server,
      found,
      await readRelationNames(db, schemas),
      await readSchemas(db, [...schemas, 'public'], rows, journal),
      await readCheckedDomains(db),
    );
  });

async function readParts(db: Queryable, rows: readonly TableRow[], versionNumber: number, journal: string) {
  const oids = rows.map((row) => String(row.oid));
  const grants = await readGrants(db, oids);
  const columns = await readColumns(db, oids, grants);
  const constraints = await readConstraints(db, oids);
  const indexes = await readIndexes(db, oids);
  const triggers = await readTriggers(db, oids, journal);
  const policies = await readPolicies(db, oids);
  const referencedBy = await readReferencedBy(db, oids);
  const dependants = await readDependants(db, oids, journal);
  const mentions = await readMentions(db, rows, journal);
  const publications = await readPublications(db, oids, versionNumber);
  const subscriptions = await readSubscriptions(db, oids);
  const leaves = await readLeaves(db, oids);
  const partitions = await readPartitions(db, oids);
  const partitionParts = await readPartitionParts(db, oids);
  const partitionKeys = await readPartitionKeys(db, oids);
  const children = await readChildren(db, oids);
  const seconds = await readStatisticsAge(db);
  return (row: TableRow): Table => ({
    ...row,
    ...sizes(of(leaves, row), seconds),
    columns: of(columns, row),
    constraints: of(constraints, row),
    indexes: of(indexes, row),
    triggers: of(triggers, row),
    grants: grants.get(grantKey(row.oid, 0)) ?? [],
    policies: of(policies, row).map((p) => p.name),
    policyRules: of(policies, row),
    referencedBy: of(referencedBy, row),
    dependants: withMentions(of(dependants, row), of(mentions, row)),
    publications: of(publications, row),
    subscriptions: of(subscriptions, row),
    partitions: of(partitions, row),
    onlyOnPartitions: of(partitionParts, row),
    partitionedBy: of(partitionKeys, row),
    children: of(children, row),
  });
}

const of = <T>(lists: ReadonlyMap<number, T[]>, { oid }: TableRow): readonly T[] => lists.get(oid) ?? [];

const sizes = (leaves: readonly LeafRow[], seconds: number | null) => ({
  rows: rowsOf(leaves),
  bytes: sum(leaves.map((leaf) => leaf.bytes)),
  indexBytes: sum(leaves.map((leaf) => leaf.indexBytes)),
  pages: sum(leaves.map((leaf) => leaf.pages)),
  leaves: leaves.map(({ schema, name, oid, fileNode, pages }) => ({ schema, name, oid, fileNode, pages })),
  writes: { count: sum(leaves.map((leaf) => leaf.writes)), seconds },
});

/** An empty leaf is often never analyzed; one with rows in it that never was makes the whole unknown. */
function rowsOf(leaves: readonly LeafRow[]): number {
  const unknown = leaves.some((leaf) => leaf.rows < 0 && leaf.pages > 0) || leaves.every((leaf) => leaf.rows < 0);
  return unknown ? -1 : sum(leaves.map((leaf) => Math.max(leaf.rows, 0)));
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

const withMentions = (known: readonly Dependant[], mentions: readonly Dependant[]): Dependant[] => [
  ...known,
  ...mentions.filter((m) => !known.some((k) => k.kind === m.kind && k.name === m.name)),
];
