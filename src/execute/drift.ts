import type { RunContext } from '../backfill/context.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Table } from '../catalog/catalog.ts';
import { fingerprint } from '../catalog/fingerprint.ts';
import type { StepState } from '../journal/journal.ts';
import { drift } from './errors.ts';

type Shapes = Readonly<Record<string, string>>;

/** Remembers what the touched tables look like after a step, so that a change by somebody else before the next one is seen. */
export async function rememberShapes(c: RunContext, step: string): Promise<void> {
  await c.journal.setShapes(c.session, c.run, { after: step, shapes: await readShapes(c) });
}

/** Refuses to go on when the touched tables are not as the last finished step left them. After a crash between a step and its picture there is nothing to compare with. */
export async function refuseDrift(c: RunContext, states: ReadonlyMap<string, StepState>): Promise<void> {
  // A step that was cut short may have done its work already: what it changed is ours.
  if ([...states.values()].includes('running')) return;
  const remembered = await c.journal.shapes(c.session, c.run);
  const lastDone = c.plan.phases
    .flatMap((p) => p.steps)
    .filter((s) => s.kind !== 'gate' && states.get(s.id) === 'done')
    .at(-1);
  if (!remembered || remembered.after !== lastDone?.id) return;
  const now = await readShapes(c);
  const changed = Object.entries(remembered.shapes).filter(([relation, shape]) => now[relation] !== shape);
  if (changed.length) throw drift(changed.map(([relation]) => `${relation} is not as ${remembered.after} left it`));
}

/** What steps rely on: a new view, grant or comment while a migration soaks is nobody's harm. Policies that hold are: the new tables' go by them. */
const structure = (table: Table): Table => ({
  ...table,
  columns: table.columns.map((column) => ({ ...column, grants: [], comment: null })),
  comment: null,
  grants: [],
  dependants: [],
  referencedBy: [],
  policies: table.rowSecurity ? table.policies : [],
  policyRules: table.rowSecurity ? (table.policyRules ?? []) : [],
  publications: [],
});

async function readShapes(c: RunContext): Promise<Shapes> {
  const relations = [...c.plan.fingerprints.map((f) => f.relation), ...c.plan.newTables];
  const catalog = await readCatalog(c.session, relations, { journal: c.plan.journal });
  return Object.fromEntries(
    relations.map(({ schema, name }) => {
      const table = catalog.tables.find((t) => t.schema === schema && t.name === name);
      return [`${schema}.${name}`, table ? fingerprint(structure(table)) : 'absent'];
    }),
  );
}
