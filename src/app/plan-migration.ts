import { readCatalog } from '../catalog/read-catalog.ts';
import { readStatements } from '../catalog/read-statements.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Session } from '../database/database.ts';
import { readMigrationNamed } from '../migration/find-migration.ts';
import type { Migration } from '../migration/migration.ts';
import type { Run } from '../journal/journal.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import { makePlan, type Observations } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { RelationName } from '../sql/sql.ts';
import { countMisfits } from './count-misfits.ts';
import { journalOf, type Deps } from './deps.ts';
import { planChanged } from './errors.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { missingRights, missingToRead } from './missing-rights.ts';
import { resolveTypes } from './resolve-types.ts';

/** Compiles a migration against the database, or shows the stored plan of one that has begun. Reads only, and leaves nothing behind. */
export async function planMigration(deps: Deps, { migration }: { readonly migration: string }): Promise<Plan> {
  const authored = await readAuthored(deps, migration);
  const session = await deps.connect('read', authored.name);
  try {
    await refuseUnreadableJournal(session, deps.config.journalSchema);
    const begun = await journalOf(deps).begunRun(session, authored.name);
    if (!begun) return await planWith(deps, session, authored);
    refuseEdited(begun, authored, null);
    return begun.plan;
  } finally {
    await session.close();
  }
}

/** What has begun goes on as it was planned: a document, or a plan, that says something else is refused. */
export function refuseEdited(begun: Run, authored: Migration, planHash: string | null): void {
  const same =
    planHash === null
      ? canonicalJson(authored.document) === canonicalJson(begun.plan.document)
      : planHash === begun.planHash;
  if (!same) throw planChanged(authored.name, begun.plan.document, authored.document);
}

export const readAuthored = (deps: Deps, migration: string): Promise<Migration> =>
  readMigrationNamed(migration, { cwd: deps.config.cwd, directory: deps.config.migrations });

export async function planWith(deps: Deps, session: Session, migration: Migration): Promise<Plan> {
  const { catalog, make } = await compile(deps, session, migration);
  return make(await observe(session, make(nothingSeen), catalog, deps.config.journalSchema));
}

/** The plan without what is observed of statements, values and rights: whether there is one at all. */
export const planBlindly = async (deps: Deps, session: Session, migration: Migration): Promise<Plan> =>
  (await compile(deps, session, migration)).make(nothingSeen);

const nothingSeen: Observations = {
  impact: { statements: null, statementsWhy: '', dependants: [] },
  misfits: null,
  missing: [],
};

async function compile({ config }: Deps, session: Session, migration: Migration) {
  const journal = config.journalSchema;
  const tables = distinct(migration.operations.flatMap((o) => o.tables));
  const catalog = await readCatalog(session, tables, { journal });
  const types = await resolveTypes(
    session,
    migration.operations.flatMap((o) => o.types),
  );
  const input = {
    name: migration.name,
    document: migration.document,
    operations: migration.operations,
    gates: migration.gates,
  };
  const options = { journal, type: (written: string) => types.get(written) ?? written };
  return { catalog, make: (seen: Observations) => makePlan(input, catalog, options, seen) };
}

const distinct = (relations: readonly RelationName[]): readonly RelationName[] => [
  ...new Map(relations.map((r) => [JSON.stringify([r.schema, r.name]), r])).values(),
];

async function observe(session: Session, draft: Plan, catalog: Catalog, journal: string): Promise<Observations> {
  const changed = draft.removed.map((r) => ({ table: r.table, columns: [r.column] }));
  const { statements, why } = changed.length
    ? await readStatements(session, changed, { journal })
    : { statements: [], why: 'no column changes' };
  const dependants = catalog.tables.flatMap((t) => {
    const columns = draft.removed
      .filter((r) => r.table.schema === t.schema && r.table.name === t.name)
      .map((r) => r.column);
    if (!columns.length) return [];
    return t.dependants
      .filter((d) => !d.columns.length || d.columns.some((c) => columns.includes(c)))
      .map((d) => ({ ...d, table: { schema: t.schema, name: t.name } }));
  });
  const missing = await missingRights(session, draft, catalog);
  const unreadable = (await Promise.all(catalog.tables.map((t) => missingToRead(session, catalog, t)))).flat();
  return {
    impact: { statements, statementsWhy: why, dependants },
    misfits:
      unreadable.length || missing.some((m) => m.grant.startsWith('GRANT USAGE'))
        ? null
        : await countMisfits(session, draft),
    missing,
  };
}
