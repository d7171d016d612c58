import { as } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';
import { objectName } from '../world/drop.ts';

export const dropSchema: Rule = {
  id: 'drop-schema',
  severity: 'error',
  summary: 'DROP SCHEMA.',
  why: 'With CASCADE everything in it is gone: tables, rows, functions. Each of them is locked until all are dropped.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of everything in the schema',
  bad: ['DROP SCHEMA shop CASCADE', 'DROP SCHEMA IF EXISTS shop, archive'],
  good: ['CREATE SCHEMA scratch; DROP SCHEMA scratch CASCADE', 'DROP VIEW shop.totals'],
  on: ['DropStmt'],
  *check(context) {
    const drop = as(context.node, 'DropStmt');
    if (drop?.removeType !== 'OBJECT_SCHEMA') return;
    const old = (drop.objects ?? []).filter((object) => !isNewObject(context.world, 'OBJECT_SCHEMA', object));
    const names = old.map((object) => objectName(object).name);
    if (old.length > 0) yield { message: `Everything in ${listed(names)} is lost.` };
  },
};
