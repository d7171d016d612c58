import type { RelationName } from '../sql/sql.ts';

/** A table and the columns of it that change; no columns: every use of the table counts. */
export interface Watched extends RelationName {
  readonly columns: readonly string[];
  /** Does its name alone, without a schema, mean this table? */
  readonly visible: boolean;
}

/** Something in FROM, or the table being written. */
export interface Source {
  /** What a column may be qualified with. */
  readonly names: readonly string[];
  readonly table: Watched | null;
  /** Its `*` holds every column of a watched table. */
  readonly all: boolean;
}

/** The names one level of a statement can see. */
export interface Scope {
  readonly outer: Scope | null;
  /** Common table expressions, and whether their `*` holds every column of a watched table. */
  readonly ctes: ReadonlyMap<string, boolean>;
  readonly sources: readonly Source[];
}

export const noScope: Scope = { outer: null, ctes: new Map(), sources: [] };

/** The level without its FROM: what a subselect that is not LATERAL sees. */
export const withoutSources = (scope: Scope): Scope => ({ ...scope, sources: [] });

/** Whether the name is a common table expression, and if so whether its `*` holds everything. */
export function findCte(name: string, scope: Scope | null): boolean | undefined {
  if (scope === null) return undefined;
  return scope.ctes.get(name) ?? findCte(name, scope.outer);
}

/** The sources a qualifier can mean, from the innermost level that has one. */
export function sourcesNamed(name: string, scope: Scope | null): readonly Source[] {
  if (scope === null) return [];
  const here = scope.sources.filter((s) => s.names.includes(name));
  return here.length > 0 ? here : sourcesNamed(name, scope.outer);
}

/** The sources an unqualified column can belong to, as far as it is watched. */
export function sourcesWithColumn(column: string, scope: Scope | null): readonly Source[] {
  if (scope === null) return [];
  const here = scope.sources.filter((s) => s.table?.columns.includes(column));
  return here.length > 0 ? here : sourcesWithColumn(column, scope.outer);
}
