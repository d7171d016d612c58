import type { Queryable } from '../../src/database/database.ts';
import { raw, sql } from '../../src/sql/sql.ts';

/** Everything in the user's schemas, as sorted lines that a failed comparison shows well. Read without the code under test. */
export async function shapeOf(db: Queryable, schemas?: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ line: string }>(sql`
    WITH s AS (
      SELECT oid, nspname FROM pg_namespace
       WHERE ${schemas ? sql`nspname = ANY (${schemas})` : raw(userSchemas)}
    )
    ${raw(queries.join('\nUNION ALL\n'))}
    ORDER BY line`);
  return rows.map(({ line }) => line);
}

const userSchemas = `nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND nspname !~ '^pg_(toast|temp)'`;

/** format() with its NULL arguments shown as -, then the comment. */
const line = (format: string, args: readonly string[], comment: string) =>
  `SELECT format('${format}', ${args.map((arg) => `coalesce((${arg})::text, '-')`).join(', ')}) || coalesce(' comment=' || quote_literal(${comment}), '') AS line`;

const relation = `format('%I.%I', s.nspname, c.relname)`;

/** Grants in a fixed order; NULL, the built-in default, differs from none. */
const sortedAcl = (acl: string) => `(SELECT array_agg(item::text ORDER BY item::text) FROM unnest(${acl}) AS item)`;

const setOf = (words: string) => `(SELECT string_agg(word, ',' ORDER BY word) FROM (${words}) AS w(word))`;

const isOwnedByExtension = (catalog: string, oid: string) =>
  `EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

const ownedBy = `SELECT format('%s.%I', d.refobjid::regclass, a.attname)
       FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0`;

const schemas = `${line('schema %s owner=%s acl=%s', ['s.nspname', 'n.nspowner::regrole', sortedAcl('n.nspacl')], `obj_description(n.oid, 'pg_namespace')`)}
  FROM s JOIN pg_namespace n ON n.oid = s.oid`;

const relations = `${line(
  'relation %s kind=%s persistence=%s owner=%s acl=%s rls=%s force=%s replica_identity=%s options=%s partition_of=%s bound=%s key=%s parents=%s tablespace=%s',
  [
    relation,
    'c.relkind',
    'c.relpersistence',
    'c.relowner::regrole',
    sortedAcl('c.relacl'),
    'c.relrowsecurity',
    'c.relforcerowsecurity',
    'c.relreplident',
    'c.reloptions',
    `SELECT i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition`,
    'pg_get_expr(c.relpartbound, c.oid)',
    `CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END`,
    setOf(`SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid AND NOT c.relispartition`),
    `SELECT t.spcname FROM pg_tablespace t WHERE t.oid = c.reltablespace`,
  ],
  `obj_description(c.oid, 'pg_class')`,
)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')`;

/** By name: a column that was dropped and came back may stand elsewhere. */
const columns = `${line(
  'column %s.%s type=%s notnull=%s default=%s generated=%s identity=%s collation=%s statistics=%s storage=%s options=%s acl=%s',
  [
    relation,
    'quote_ident(a.attname)',
    'format_type(a.atttypid, a.atttypmod)',
    'a.attnotnull',
    'pg_get_expr(d.adbin, d.adrelid)',
    `nullif(a.attgenerated, '')`,
    `nullif(a.attidentity, '')`,
    `nullif(a.attcollation, 0)::regcollation`,
    `nullif(a.attstattarget, -1)`,
    'a.attstorage',
    'a.attoptions',
    sortedAcl('a.attacl'),
  ],
  'col_description(c.oid, a.attnum)',
)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')`;

const indexes = `${line(
  'index %s on %s %s valid=%s ready=%s clustered=%s replica_identity=%s constraint=%s',
  [
    relation,
    'i.indrelid::regclass',
    'pg_get_indexdef(c.oid)',
    'i.indisvalid',
    'i.indisready',
    'i.indisclustered',
    'i.indisreplident',
    `SELECT quote_ident(k.conname) FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = i.indrelid AND k.contype <> 'f'`,
  ],
  `obj_description(c.oid, 'pg_class')`,
)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_index i ON i.indexrelid = c.oid`;

const constraints = `${line(
  'constraint %s on %s %s validated=%s local=%s',
  [
    'quote_ident(k.conname)',
    'coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text)',
    'pg_get_constraintdef(k.oid)',
    'k.convalidated',
    'k.conislocal',
  ],
  `obj_description(k.oid, 'pg_constraint')`,
)}
  FROM s JOIN pg_constraint k ON k.connamespace = s.oid`;

const triggers = `${line('trigger %s on %s %s enabled=%s', ['quote_ident(t.tgname)', relation, 'pg_get_triggerdef(t.oid)', 't.tgenabled'], `obj_description(t.oid, 'pg_trigger')`)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_trigger t ON t.tgrelid = c.oid
 WHERE NOT t.tgisinternal`;

/** Foreign keys work through hidden triggers, which ALTER TABLE can switch off. Their names hold object numbers. */
const foreignKeyTriggers = `${line('foreign key trigger of %s on %s enabled=%s', ['quote_ident(k.conname)', relation, 't.tgenabled'], 'NULL')}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_trigger t ON t.tgrelid = c.oid
  JOIN pg_constraint k ON k.oid = t.tgconstraint
 WHERE t.tgisinternal`;

const functions = `${line(
  'function %s owner=%s acl=%s %s',
  [
    'p.oid::regprocedure',
    'p.proowner::regrole',
    sortedAcl('p.proacl'),
    `CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END`,
  ],
  `obj_description(p.oid, 'pg_proc')`,
)}
  FROM s JOIN pg_proc p ON p.pronamespace = s.oid
 WHERE NOT ${isOwnedByExtension('pg_proc', 'p.oid')}`;

const views = `${line('view %s %s', [relation, 'pg_get_viewdef(c.oid)'], 'NULL')}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid
 WHERE c.relkind IN ('v', 'm')`;

const rules = `${line('rule %s on %s %s enabled=%s', ['quote_ident(r.rulename)', relation, 'pg_get_ruledef(r.oid)', 'r.ev_enabled'], `obj_description(r.oid, 'pg_rewrite')`)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_rewrite r ON r.ev_class = c.oid
 WHERE r.rulename <> '_RETURN'`;

const policies = `${line(
  'policy %s on %s command=%s permissive=%s roles=%s using=%s check=%s',
  [
    'quote_ident(p.polname)',
    relation,
    'p.polcmd',
    'p.polpermissive',
    setOf('SELECT role::regrole::text FROM unnest(p.polroles) AS role'),
    'pg_get_expr(p.polqual, p.polrelid)',
    'pg_get_expr(p.polwithcheck, p.polrelid)',
  ],
  `obj_description(p.oid, 'pg_policy')`,
)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_policy p ON p.polrelid = c.oid`;

const sequences = `${line(
  'sequence %s type=%s start=%s increment=%s min=%s max=%s cache=%s cycle=%s owned_by=%s',
  [
    relation,
    'q.seqtypid::regtype',
    ...['seqstart', 'seqincrement', 'seqmin', 'seqmax', 'seqcache', 'seqcycle'].map((field) => `q.${field}`),
    ownedBy,
  ],
  'NULL',
)}
  FROM s JOIN pg_class c ON c.relnamespace = s.oid JOIN pg_sequence q ON q.seqrelid = c.oid`;

const statistics = `${line('statistics %s %s owner=%s', ['quote_ident(x.stxname)', 'pg_get_statisticsobjdef(x.oid)', 'x.stxowner::regrole'], `obj_description(x.oid, 'pg_statistic_ext')`)}
  FROM s JOIN pg_statistic_ext x ON x.stxnamespace = s.oid`;

const types = `${line(
  'type %s owner=%s acl=%s base=%s notnull=%s default=%s labels=%s',
  [
    't.oid::regtype',
    't.typowner::regrole',
    sortedAcl('t.typacl'),
    'nullif(t.typbasetype, 0)::regtype',
    't.typnotnull',
    't.typdefault',
    `SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid`,
  ],
  `obj_description(t.oid, 'pg_type')`,
)}
  FROM s JOIN pg_type t ON t.typnamespace = s.oid
 WHERE t.typtype IN ('d', 'e', 'r') AND NOT ${isOwnedByExtension('pg_type', 't.oid')}`;

const publications = `${line(
  'publication %s all_tables=%s tables=%s',
  [
    'quote_ident(p.pubname)',
    'p.puballtables',
    setOf(
      `SELECT format('%I.%I(%s)', pt.schemaname, pt.tablename, (SELECT string_agg(a, ',' ORDER BY a) FROM jsonb_array_elements_text(to_jsonb(pt) -> 'attnames') AS a)) FROM pg_publication_tables pt JOIN s ON s.nspname = pt.schemaname WHERE pt.pubname = p.pubname`,
    ),
  ],
  `obj_description(p.oid, 'pg_publication')`,
)}
  FROM pg_publication p`;

const defaultPrivileges = `${line('default privileges in %s for %s on %s acl=%s', ['s.nspname', 'a.defaclrole::regrole', 'a.defaclobjtype', sortedAcl('a.defaclacl')], 'NULL')}
  FROM s JOIN pg_default_acl a ON a.defaclnamespace = s.oid`;

const extensions = `${line('extension %s', ['quote_ident(e.extname)'], 'NULL')} FROM pg_extension e`;

const queries = [
  ...[schemas, relations, columns, indexes, constraints, triggers, foreignKeyTriggers, functions, views, rules],
  ...[policies, sequences, statistics, types, publications, defaultPrivileges, extensions],
];
