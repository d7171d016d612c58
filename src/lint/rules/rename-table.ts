import type { RenameStmt } from '@pgsql/types';
import { oldRelation } from '../context.ts';
import { freedBefore, givenLater } from '../named.ts';
import { as, nameOf } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import type { Context, Rule } from '../rule.ts';
import { briefly, queue } from '../words.ts';

export const renameTable: Rule = {
  id: 'rename-table',
  severity: 'error',
  summary: 'A table is renamed, and nothing takes its old name.',
  why: `Code that runs under the old name fails from that moment; there is no instant at which all of it is replaced. A view with the old name, made in the same transaction, can be written to as well. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    'ALTER TABLE users RENAME TO people',
    {
      sql: 'ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people',
      at: 'ALTER TABLE users RENAME TO people',
    },
    {
      sql: 'ALTER TABLE IF EXISTS shop.users RENAME TO people; CREATE VIEW users AS SELECT * FROM shop.people',
      transaction: 'file',
      at: 'ALTER TABLE IF EXISTS shop.users RENAME TO people',
    },
  ],
  good: [
    'BEGIN; ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people; COMMIT',
    'BEGIN; ALTER TABLE users RENAME TO users_old; ALTER TABLE users_new RENAME TO users; COMMIT',
    'CREATE TABLE scratch (id int); ALTER TABLE scratch RENAME TO fresh',
    { sql: 'ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people', transaction: 'file' },
    { sql: 'ALTER TABLE i RENAME TO j', schema: 'CREATE TABLE users (id int); CREATE INDEX i ON users (id)' },
  ],
  on: ['RenameStmt'],
  *check(context) {
    const rename = as(context.node, 'RenameStmt');
    if (rename?.renameType !== 'OBJECT_TABLE' || !rename.relation) return;
    const name = nameOf(rename.relation);
    if (!context.world.find(name) && context.world.findIndex(name)) return;
    const table = oldRelation(context, rename.relation);
    if (!table || isTakenLater(context, rename) || takesFreedName(context, rename)) return;
    const newName = rename.newname ?? '';
    const swap = [
      `ALTER TABLE ${qualified(table)} RENAME TO ${quoted(newName)};`,
      `CREATE VIEW ${qualified(table)} AS SELECT * FROM ${qualified({ ...table, name: newName })};`,
    ];
    yield {
      message: `Code that still says ${qualified(table)} fails from now on.`,
      fix: (context.transaction ? swap : ['BEGIN;', ...swap, 'COMMIT;']).join('\n'),
    };
  },
};

/** Something of the old name is there when the transaction ends. */
function isTakenLater(context: Context, { relation }: RenameStmt): boolean {
  const { world } = context;
  const old = world.qualify(relation ? nameOf(relation) : { schema: null, name: '' });
  return givenLater(context, old.name).some((made) => world.qualify(made).schema === old.schema);
}

/** The second half of a swap: the name was freed in the same transaction. */
const takesFreedName = (context: Context, { newname = '' }: RenameStmt): boolean =>
  context.transaction !== null && freedBefore(context, newname).some(({ renameType }) => renameType === 'OBJECT_TABLE');
