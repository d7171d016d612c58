import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { isOld } from '../context.ts';

export const renameSchema: Rule = {
  id: 'rename-schema',
  severity: 'error',
  summary: 'A schema is renamed.',
  why: 'Everything in it gets another name at once: qualified queries, search paths and the bodies of functions fail from that moment.',
  lock: null,
  blocks: 'whoever uses the old name, from then on',
  bad: ['ALTER SCHEMA shop RENAME TO store', 'CREATE SCHEMA store; ALTER SCHEMA shop RENAME TO old_shop'],
  good: ['CREATE SCHEMA scratch; ALTER SCHEMA scratch RENAME TO store', 'ALTER SCHEMA shop OWNER TO admin'],
  on: ['RenameStmt'],
  *check(context) {
    const rename = as(context.node, 'RenameStmt');
    if (rename?.renameType !== 'OBJECT_SCHEMA') return;
    const origin = context.world.others.get(`OBJECT_SCHEMA ${rename.subname ?? ''}`);
    if (origin !== undefined && !isOld(context, { origin })) return;
    yield { message: `Code that still says ${rename.subname ?? ''} fails from now on.` };
  },
};
