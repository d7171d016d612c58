import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Context, Rule } from '../rule.ts';
import { setConfigs, setValue } from '../world/settings.ts';

export const disableTrigger: Rule = {
  id: 'disable-trigger',
  severity: 'error',
  summary: 'Triggers are turned off.',
  why: 'What the application writes meanwhile goes past audit, denormalization and, with ALL or session_replication_role, past foreign keys. Nothing checks those rows later. For everybody, not only for this session, when it is ALTER TABLE.',
  lock: 'SHARE ROW EXCLUSIVE',
  blocks: 'writes to the table, briefly',
  bad: [
    { sql: 'ALTER TABLE orders DISABLE TRIGGER audit', at: 'DISABLE TRIGGER audit' },
    { sql: 'ALTER TABLE orders DISABLE TRIGGER ALL', at: 'DISABLE TRIGGER ALL' },
    'SET session_replication_role = replica',
    "BEGIN; SET LOCAL session_replication_role TO 'replica'",
  ],
  good: [
    'ALTER TABLE orders ENABLE TRIGGER audit',
    'CREATE TABLE orders (id int); ALTER TABLE orders DISABLE TRIGGER ALL',
    'SET session_replication_role = DEFAULT',
    'SET session_replication_role = origin',
  ],
  on: ['AT_DisableTrig', 'AT_DisableTrigAll', 'AT_DisableTrigUser', 'VariableSetStmt', 'SelectStmt'],
  *check(context) {
    for (const { table, at } of oldCommands(context, 'AT_DisableTrig', 'AT_DisableTrigAll', 'AT_DisableTrigUser'))
      yield { message: `Writes to ${qualified(table)} go past what its triggers keep right.`, at };
    if (actsAsReplica(context))
      yield { message: 'Triggers and foreign keys do nothing in this session from now on.', lock: null, blocks: null };
  },
};

function actsAsReplica({ node }: Context): boolean {
  const isReplica = (name: string | undefined, value: string | null) =>
    name?.toLowerCase() === 'session_replication_role' && value?.toLowerCase() === 'replica';
  const [set, select] = [as(node, 'VariableSetStmt'), as(node, 'SelectStmt')];
  if (set) return isReplica(set.name, setValue(set));
  return select !== undefined && setConfigs(select).some(({ name, value }) => isReplica(name, value));
}
