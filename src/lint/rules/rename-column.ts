import { isNewColumn } from '../columns.ts';
import { oldRelation } from '../context.ts';
import { as } from '../nodes.ts';
import { givenBefore, givenLater } from '../named.ts';
import { qualified } from '../names.ts';
import type { Context, Rule } from '../rule.ts';
import { briefly, queue } from '../words.ts';
import type { Relation } from '../world/objects.ts';

export const renameColumn: Rule = {
  id: 'rename-column',
  severity: 'error',
  summary: 'A column is renamed.',
  why: `Code that runs under the old name fails from that moment, in every version of PostgreSQL alike. Add a column of the new name, write both, fill it, move the readers, and drop the old one. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: ['ALTER TABLE users RENAME COLUMN mail TO email', 'ALTER TABLE shop.users RENAME mail TO email'],
  good: [
    'CREATE TABLE users (mail text); ALTER TABLE users RENAME mail TO email',
    'ALTER TABLE users ADD COLUMN mail text; ALTER TABLE users RENAME COLUMN mail TO email',
    'ALTER TABLE users RENAME CONSTRAINT a TO b',
    `BEGIN; ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME mail TO email;
     CREATE VIEW users AS SELECT id, email AS mail FROM people; COMMIT`,
  ],
  on: ['RenameStmt'],
  *check(context) {
    const rename = as(context.node, 'RenameStmt');
    if (rename?.renameType !== 'OBJECT_COLUMN') return;
    const table = oldRelation(context, rename.relation);
    const name = rename.subname ?? '';
    if (!table || isNewColumn(context, table, name) || isBehindView(context, table)) return;
    yield { message: `Code that still says ${qualified(table)}.${name} fails from now on.` };
  },
};

/** The table itself was renamed in the transaction, and a view of its old name stands before it. */
const isBehindView = (context: Context, table: Relation): boolean =>
  context.transaction !== null &&
  givenBefore(context, table.name).some(({ node }) => {
    const rename = as(node, 'RenameStmt');
    return rename?.renameType === 'OBJECT_TABLE' && givenLater(context, rename.relation?.relname ?? '').length > 0;
  });
