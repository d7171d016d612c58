import type { Node } from '@pgsql/types';
import { createdBy, namingKinds } from '../created.ts';
import { all, as, type Name, nameOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';
import { objectName, tableOfPart } from '../world/drop.ts';

export const requireSchemaQualified: Rule = {
  id: 'require-schema-qualified',
  severity: 'info',
  optIn: true,
  summary: 'DDL on a name without its schema.',
  why: 'Which table it is depends on the search_path of whoever runs it, and on what others have created in the schemas before it.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE users (id int)',
    'ALTER TABLE users ADD COLUMN a int',
    'DROP VIEW totals',
    'CREATE INDEX i ON users (id)',
    'CREATE TYPE mood AS ENUM ()',
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  ],
  good: [
    'CREATE TABLE shop.users (id int)',
    'CREATE TEMP TABLE loaded (id int)',
    'UPDATE users SET a = 1 WHERE id = 1',
    'CREATE INDEX i ON shop.users (id)',
    'DROP SCHEMA shop',
    'CREATE TEMP TABLE loaded (id int); DROP TABLE loaded',
  ],
  on: ['DropStmt', 'AlterTableStmt', 'IndexStmt', 'TruncateStmt', 'CreateTrigStmt', ...namingKinds],
  *check({ node, world }) {
    const bare = targetsOf(node).filter(
      ({ schema, name }) => schema === null && !world.find({ schema, name })?.temporary,
    );
    if (bare.length > 0)
      yield {
        message: `${listed(bare.map(({ name }) => name))} has no schema: which one it is depends on the search_path.`,
      };
  },
};

const unqualified = new Set([
  'OBJECT_SCHEMA',
  'OBJECT_EXTENSION',
  'OBJECT_PUBLICATION',
  'OBJECT_EVENT_TRIGGER',
  'OBJECT_CAST',
]);
const parts = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** What a statement creates, changes or drops. */
function targetsOf(node: Node): readonly Name[] {
  const drop = as(node, 'DropStmt');
  if (drop) {
    const type = drop.removeType ?? '';
    if (unqualified.has(type)) return [];
    return (drop.objects ?? []).map((object) => (parts.has(type) ? tableOfPart(object) : objectName(object)));
  }
  const [alter, index, truncate] = [as(node, 'AlterTableStmt'), as(node, 'IndexStmt'), as(node, 'TruncateStmt')];
  const relations = [
    alter?.relation,
    index?.relation,
    as(node, 'RenameStmt')?.relation,
    as(node, 'CreateTrigStmt')?.relation,
  ];
  const named = [...relations.flatMap((relation) => relation ?? []), ...all(truncate?.relations, 'RangeVar')];
  const made =
    as(node, 'RenameStmt') || as(node, 'CreateExtensionStmt') || isTemporary(node) ? undefined : createdBy(node);
  return [...named.map(nameOf), ...(made ? [made] : [])];
}

const isTemporary = (node: Node): boolean =>
  [as(node, 'CreateStmt')?.relation, as(node, 'CreateTableAsStmt')?.into?.rel, as(node, 'ViewStmt')?.view].some(
    (relation) => relation?.relpersistence === 't',
  );
