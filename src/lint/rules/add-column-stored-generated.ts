import { addedColumns } from '../columns.ts';
import { qualified } from '../names.ts';
import { wordsAt } from '../places.ts';
import { edited } from '../rewrite.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { constraintsOf } from '../world/define-column.ts';

export const addColumnStoredGenerated: Rule = {
  id: 'add-column-stored-generated',
  severity: 'error',
  scales: true,
  summary: 'A stored generated column on a table in use.',
  why: 'Its value is computed and written into every row: the table and its indexes are rewritten under a lock against everything. A plain column that a trigger keeps and batches fill does without.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'From PostgreSQL 12 on. VIRTUAL, from 18 on and there the form without a word, writes nothing.',
  bad: [
    {
      sql: 'ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (price * amount) STORED',
      at: 'ADD COLUMN total int GENERATED ALWAYS AS (price * amount) STORED',
    },
    {
      sql: 'ALTER TABLE orders ADD total int GENERATED ALWAYS AS (price * amount) STORED NOT NULL',
      pg: 18,
      at: 'ADD total int GENERATED ALWAYS AS (price * amount) STORED NOT NULL',
    },
  ],
  good: [
    { sql: 'ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (price * amount) VIRTUAL', pg: 18 },
    { sql: 'ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (price * amount)', pg: 18 },
    'CREATE TABLE orders (price int, total int GENERATED ALWAYS AS (price * 2) STORED)',
    'CREATE TABLE orders (price int); ALTER TABLE orders ADD total int GENERATED ALWAYS AS (price * 2) STORED',
  ],
  on: ['AT_AddColumn'],
  *check(context) {
    for (const { def, at, table } of addedColumns(context)) {
      if (!constraintsOf(def).some(({ generated_kind: kind }) => kind === 's')) continue;
      const stored = context.pg >= 18 ? wordsAt(context.statement, ['STORED'], at.start) : null;
      yield {
        message: `The value is written into every row: ${qualified(table)} is rewritten while it is locked against reads and writes.`,
        at,
        fix: stored && edited(context, [{ ...stored, to: 'VIRTUAL' }]),
      };
    }
  },
};
