import { isOld } from '../context.ts';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const alterExtensionUpdate: Rule = {
  id: 'alter-extension-update',
  severity: 'warning',
  summary: 'ALTER EXTENSION UPDATE.',
  why: 'Its script does what its authors wrote: it may change results, lock or rewrite tables for long, and usually there is no script that goes back. Try it on a copy, and do it alone.',
  lock: null,
  blocks: 'what the extension’s script locks',
  bad: ['ALTER EXTENSION postgis UPDATE', "ALTER EXTENSION timescaledb UPDATE TO '2.14.0'"],
  good: ['CREATE EXTENSION citext; ALTER EXTENSION citext UPDATE', 'ALTER EXTENSION citext SET SCHEMA extensions'],
  on: ['AlterExtensionStmt'],
  *check(context) {
    const alter = as(context.node, 'AlterExtensionStmt');
    if (!alter) return;
    const origin = context.world.others.get(`OBJECT_EXTENSION ${alter.extname ?? ''}`);
    if (origin !== undefined && !isOld(context, { origin })) return;
    yield { message: `What the update of ${alter.extname ?? ''} does and locks can not be seen here.` };
  },
};
