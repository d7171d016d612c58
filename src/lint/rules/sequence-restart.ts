import type { FuncCall, Node } from '@pgsql/types';
import { walk } from '../../sql/expressions.ts';
import { isOld, oldCommands } from '../context.ts';
import { all, as, constantOf, type Name, nameIn, nameOf } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import { optionList } from '../world/alter-table.ts';

export const sequenceRestart: Rule = {
  id: 'sequence-restart',
  severity: 'error',
  summary: 'A sequence is set to a constant.',
  why: 'Numbers that are in the table already come again, and INSERTs fail with duplicate keys until the sequence has passed them. setval with max(id), read in the same statement, can not be wrong about it. nextval() waits while the sequence is altered.',
  lock: 'SHARE ROW EXCLUSIVE',
  blocks: 'nextval() of the sequence, briefly',
  bad: [
    'ALTER SEQUENCE orders_id_seq RESTART WITH 1',
    'ALTER SEQUENCE orders_id_seq RESTART',
    { sql: 'ALTER TABLE orders ALTER COLUMN id RESTART WITH 1000', at: 'ALTER COLUMN id RESTART WITH 1000' },
    "SELECT setval('orders_id_seq', 1, false)",
    {
      sql: "DO $$ BEGIN PERFORM setval('orders_id_seq'::regclass, 100); END $$",
      at: "setval('orders_id_seq'::regclass, 100)",
    },
  ],
  good: [
    "SELECT setval('orders_id_seq', (SELECT max(id) FROM orders))",
    "SELECT setval('orders_id_seq', coalesce(max(id), 1)) FROM orders",
    'CREATE SEQUENCE s; ALTER SEQUENCE s RESTART WITH 100',
    "CREATE TABLE orders (id bigserial); SELECT setval('orders_id_seq', 100)",
    'ALTER SEQUENCE orders_id_seq INCREMENT BY 10',
  ],
  on: ['AlterSeqStmt', 'AT_SetIdentity', 'SelectStmt'],
  *check(context) {
    const message = 'Numbers that are in use already come again, and INSERTs fail with duplicate keys.';
    const alter = as(context.node, 'AlterSeqStmt');
    if (alter?.sequence && restarts(alter.options) && isOldNamed(context, nameOf(alter.sequence))) yield { message };
    for (const { node, at } of oldCommands(context, 'AT_SetIdentity'))
      if (restarts(optionList(node.def)))
        yield { message, at, lock: 'ACCESS EXCLUSIVE', blocks: 'reads and writes of the table, briefly' };
    const select = as(context.node, 'SelectStmt');
    if (select && setsToConstant(context, select))
      yield { message, lock: 'ROW EXCLUSIVE', blocks: 'nothing; the harm is in what nextval() gives from now on' };
  },
};

const restarts = (options: readonly Node[] | undefined): boolean =>
  all(options, 'DefElem').some(({ defname }) => defname === 'restart');

function setsToConstant(context: Context, select: object): boolean {
  let found = false;
  walk(select, (kind, node) => {
    const call = node as FuncCall;
    if (kind !== 'FuncCall' || nameIn(call.funcname).name !== 'setval') return;
    const [sequence, value] = call.args ?? [];
    if (typeof constantOf(value) === 'number' && isOldSequence(context, sequence)) found = true;
  });
  return found;
}

function isOldSequence(context: Context, named: Node | undefined): boolean {
  const call = as(named, 'FuncCall');
  const text = constantOf(call ? call.args?.[0] : named);
  return typeof text !== 'string' || isOldNamed(context, parsedName(text));
}

/** The sequence, or the table whose serial column it is of, was there before. */
function isOldNamed(context: Context, name: Name): boolean {
  const relation = context.world.find(name) ?? ownerOf(context, name);
  return relation === undefined || isOld(context, relation);
}

const parsedName = (text: string): Name => {
  const parts = text.replaceAll('"', '').split('.');
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '' };
};

/** `orders_id_seq` is of `orders`. */
const ownerOf = ({ world }: Context, { schema, name }: Name) => {
  const table = name.endsWith('_seq') ? name.slice(0, -'_seq'.length).split('_') : [];
  for (let i = table.length - 1; i > 0; i--) {
    const found = world.find({ schema, name: table.slice(0, i).join('_') });
    if (found) return found;
  }
  return undefined;
};
