import { access } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { listTables } from '../catalog/list-tables.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Session } from '../database/database.ts';
import { type Draft, type DraftedOperation, type Findings, type Unsupported } from '../draft/draft.ts';
import { columnsToRead, makeDraft } from '../draft/make-draft.ts';
import { migrationNameFrom } from '../draft/names.ts';
import { trace } from '../draft/trace.ts';
import { mentioned, type World } from '../draft/world.ts';
import { writeDraft, type Written } from '../draft/write-draft.ts';
import { LockkeeperError } from '../errors.ts';
import { parseMigration } from '../migration/read-migration.ts';
import type { Plan } from '../plan/plan.ts';
import type { Requirements } from '../spec/requirements.ts';
import type { Deps } from './deps.ts';
import { planBlindly } from './plan-migration.ts';
import { readSpec } from './read-spec.ts';
import { structureOf } from './structure-of.ts';
import type { NotionAccess } from './workspaces.ts';
import { fileExists, writeNewFile } from './write-new-file.ts';

export interface DraftSpecInput {
  /** What paths are relative to. */
  readonly cwd: string;
  /** A file, or a page of the workspace. */
  readonly page: string;
  readonly workspace?: string;
  readonly notion: NotionAccess;
  /** Where to write the migration; a file that is there is not touched. */
  readonly out?: string;
}

/** A migration drafted from a specification and the database, with what has to be asked. Reads only: nothing of the page is run, and the database is left as it is. */
export async function draftSpec(deps: Deps, { cwd, page, out, workspace, notion }: DraftSpecInput): Promise<Draft> {
  const path = out === undefined ? null : resolve(cwd, out);
  if (path !== null && (await exists(path))) throw fileExists(path);
  const requirements = await readSpec({ cwd, page, notion, ...(workspace === undefined ? {} : { workspace }) });
  const session = await deps.connect('read');
  try {
    const world = await look(deps, session, requirements);
    const draft = await settled(
      deps,
      session,
      requirements,
      makeDraft(requirements, world),
      nameOf(requirements, path),
    );
    if (draft.yaml === null || path === null) return draft;
    await writeNewFile(path, draft.yaml);
    return { ...draft, path };
  } finally {
    await session.close();
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** As the file is called that it goes to, else as the page. */
const nameOf = ({ title, source }: Requirements, path: string | null): string =>
  migrationNameFrom(path === null ? (title ?? source) : basename(path).replace(/\.\w+$/u, ''));

async function look({ config }: Deps, session: Session, requirements: Requirements): Promise<World> {
  const journal = config.journalSchema;
  const tables = await listTables(session, journal);
  const catalog = await readCatalog(session, mentioned(requirements, tables), { journal });
  const structures = new Map<string, Awaited<ReturnType<typeof structureOf>>>();
  const key = (oid: number, column: string) => `${oid}.${column}`;
  for (const { table, column } of columnsToRead(requirements, tables, catalog))
    structures.set(key(table.oid, column), await structureOf(session, catalog, table, column, true));
  return {
    ...{ tables, catalog },
    structureOf: (table, column) => structures.get(key(catalog.table(table).oid, column)) ?? null,
  };
}

/** Operations that cannot be planned here are taken out, each with the reason: what is left passes `validate` and `plan`. */
async function settled(
  deps: Deps,
  session: Session,
  requirements: Requirements,
  { operations, questions, unsupported }: Findings,
  name: string,
): Promise<Draft> {
  const { source, title, sql: proposals } = requirements;
  const about = { name, title, source, questions, proposals };
  const kept: DraftedOperation[] = [];
  const refused: Unsupported[] = [];
  let plan: Plan | null = null;
  for (const operation of operations) {
    const tried = { ...about, operations: [...kept, operation], unsupported: [], requirements: [] };
    const outcome = await tryToPlan(deps, session, tried);
    if (outcome instanceof LockkeeperError) refused.push(...refusals(operation, outcome));
    else {
      kept.push(operation);
      plan = outcome;
    }
  }
  const left = [...unsupported, ...refused].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const traced = trace(requirements, kept, plan);
  const yaml = kept.length ? writeDraft({ ...about, operations: kept, unsupported: left, requirements: traced }) : null;
  return {
    ...{ schema: 'lockkeeper.draft/1', source, title, migration: name, yaml, path: null },
    ...{ operations: kept, questions, unsupported: left, proposals, requirements: traced },
  };
}

async function tryToPlan(deps: Deps, session: Session, draft: Written): Promise<Plan | LockkeeperError> {
  try {
    return await planBlindly(deps, session, parseMigration(writeDraft(draft), { file: draft.name, format: 'yaml' }));
  } catch (error) {
    if (error instanceof LockkeeperError && refusing.has(error.code)) return error;
    throw error;
  }
}

/** What planning says of the operation, and not of the connection. */
const refusing: ReadonlySet<string> = new Set([
  ...['IDENTIFIER_TOO_LONG', 'ZERO_BYTE', 'NOT_SUPPORTED_YET', 'MIGRATION_INVALID', 'TABLE_NOT_FOUND'],
  ...['COLUMN_NOT_FOUND', 'COLUMN_EXISTS', 'NAME_TAKEN', 'TYPE_NOT_FOUND', 'EXPRESSION_INVALID', 'KEY_MISSING'],
  ...['KEY_DEFERRABLE', 'SCHEMA_UNSAFE', 'ROW_SECURITY_UNCLEAR', 'TABLE_SUBSCRIBED'],
]);

const refusals = ({ kind, because }: DraftedOperation, error: LockkeeperError): Unsupported[] =>
  because.slice(0, 1).map((said) => ({ ...said, what: kind, why: `${error.message} ${error.hint}` }));
