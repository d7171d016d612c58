import { isOld } from '../context.ts';
import { as, nameIn } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { shown } from '../world/objects.ts';

export const renameEnumValue: Rule = {
  id: 'rename-enum-value',
  severity: 'error',
  summary: 'A label of an enum is renamed.',
  why: 'Code that compares with the old label or writes it fails with 22P02 from that moment. Add the new label, move the rows in batches, and stop using the old one.',
  lock: null,
  blocks: 'whoever uses the old label, from then on',
  versions: 'From PostgreSQL 10 on.',
  bad: ["ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'", "ALTER TYPE shop.status RENAME VALUE 'new' TO 'open'"],
  good: [
    "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
    "ALTER TYPE mood ADD VALUE 'fine'",
  ],
  on: ['AlterEnumStmt'],
  *check(context) {
    const alter = as(context.node, 'AlterEnumStmt');
    if (alter?.oldVal === undefined) return;
    const type = context.world.findType(nameIn(alter.typeName));
    if (type && !isOld(context, type)) return;
    yield {
      message: `Code that still says '${alter.oldVal}' fails: ${shown(nameIn(alter.typeName))} has no such label from now on.`,
    };
  },
};
