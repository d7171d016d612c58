import { all, as, optionOf, valueOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const publicationAllTables: Rule = {
  id: 'publication-all-tables',
  severity: 'warning',
  summary: 'A publication of all tables, or of all in a schema.',
  why: 'A table in it that has no primary key and no other replica identity rejects every UPDATE and DELETE from that moment, with 55000, also those that are created later. Name the tables, and give them keys first.',
  lock: null,
  blocks: 'UPDATE and DELETE of every table without a replica identity, from then on',
  versions: 'FOR TABLES IN SCHEMA from PostgreSQL 15 on.',
  bad: [
    'CREATE PUBLICATION everything FOR ALL TABLES',
    'CREATE PUBLICATION shop FOR TABLES IN SCHEMA shop',
    'ALTER PUBLICATION shop ADD TABLES IN SCHEMA shop',
  ],
  good: [
    'ALTER PUBLICATION shop DROP TABLES IN SCHEMA shop',
    'CREATE PUBLICATION shop FOR TABLE orders, users',
    "CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert')",
  ],
  on: ['CreatePublicationStmt', 'AlterPublicationStmt'],
  *check({ node }) {
    const create = as(node, 'CreatePublicationStmt') ?? as(node, 'AlterPublicationStmt');
    if (!create || ('action' in create && create.action === 'AP_DropObjects')) return;
    const schemas = all(create.pubobjects, 'PublicationObjSpec').some(({ pubobjtype }) =>
      pubobjtype?.includes('SCHEMA'),
    );
    const published = valueOf(optionOf(create.options, 'publish'));
    if (published !== null && !/update|delete/iu.test(published)) return;
    if (create.for_all_tables || schemas)
      yield { message: 'Tables in it without a primary key reject UPDATE and DELETE from now on.' };
  },
};
