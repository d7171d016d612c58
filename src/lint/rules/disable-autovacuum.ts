import { oldCommands } from '../context.ts';
import { all, isOn } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { optionList } from '../world/alter-table.ts';

export const disableAutovacuum: Rule = {
  id: 'disable-autovacuum',
  severity: 'warning',
  summary: 'Autovacuum is turned off for a table.',
  why: 'Dead rows stay, queries slow down, and in the end the server refuses transactions to save itself from wraparound. A higher threshold or cost limit tames autovacuum without that.',
  lock: 'SHARE UPDATE EXCLUSIVE',
  blocks: 'nothing now; the table bloats from then on',
  bad: [
    { sql: 'ALTER TABLE orders SET (autovacuum_enabled = false)', at: 'SET (autovacuum_enabled = false)' },
    {
      sql: 'ALTER TABLE orders SET (fillfactor = 70, toast.autovacuum_enabled = off)',
      at: 'SET (fillfactor = 70, toast.autovacuum_enabled = off)',
    },
  ],
  good: [
    'ALTER TABLE orders SET (autovacuum_enabled = true)',
    'ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01)',
    'CREATE TABLE loaded (id int); ALTER TABLE loaded SET (autovacuum_enabled = false)',
  ],
  on: ['AT_SetRelOptions'],
  *check(context) {
    for (const { table, node, at } of oldCommands(context, 'AT_SetRelOptions')) {
      const options = all(optionList(node.def), 'DefElem').filter(({ defname }) => defname === 'autovacuum_enabled');
      if (options.some((option) => !isOn(option)))
        yield { message: `Nothing cleans up ${qualified(table)} from now on.`, at };
    }
  },
};
