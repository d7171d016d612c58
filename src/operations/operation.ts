import type { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import type { RelationName } from '../sql/sql.ts';
import type { Mapping } from '../mappings/mapping.ts';
import type { Phases, Risk } from '../steps/step.ts';

/** What an operation may know besides the catalog. */
export interface PlanContext {
  /** The migration's name. */
  readonly migration: string;
  /** The schema of the journal, `lockkeeper` unless configured. */
  readonly journal: string;
  /** Position in the migration's list, from 0: makes derived names unique. */
  readonly index: number;
  /** A type the author wrote, as it must be written under an empty search_path. */
  readonly type: (written: string) => string;
}

/** How the data moves, for the planning document. */
export interface DataMove {
  readonly from: string;
  readonly to: readonly string[];
  readonly rows: number;
  readonly how: 'in one batch or a few' | 'in batches' | 'in batches by several workers';
  readonly because: string;
  /** What is lost or changed on the way, in words; empty when nothing is. */
  readonly losses: readonly string[];
}

export interface OperationPlan {
  readonly phases: Phases;
  readonly mappings: readonly Mapping[];
  readonly risks: readonly Risk[];
  readonly newTables: readonly RelationName[];
  /** Old columns that leave in contract, and the name of what replaces each. */
  readonly removed: readonly { readonly table: RelationName; readonly column: string; readonly replacedBy: string }[];
  readonly moves: readonly DataMove[];
  /** Things a person should know: reads that fail once, names that were derived, … */
  readonly notes: readonly string[];
}

/** One change a user asked for, ready to be planned against a catalog. */
export interface Operation {
  readonly kind: string;
  /** The tables that must be in the catalog; names may lack a schema, which then is `public`. */
  readonly tables: readonly RelationName[];
  /** The types it names, to be resolved on the server before planning. */
  readonly types: readonly string[];
  plan(catalog: Catalog, context: PlanContext): OperationPlan;
  /** The catalog as the next operation in the same migration will see it. */
  project(catalog: Catalog): Catalog;
  /** A migration that must follow when this one is done, or null. */
  followUp?(): { readonly suffix: string; readonly operations: readonly Record<string, unknown>[] } | null;
}

interface Definition<Kind extends string, Schema extends z.ZodType> {
  readonly kind: Kind;
  /** One sentence for the docs and the JSON Schema. */
  readonly summary: string;
  readonly fields: Schema;
  tables(fields: z.output<Schema>): readonly RelationName[];
  types(fields: z.output<Schema>): readonly string[];
  plan(fields: z.output<Schema>, catalog: Catalog, context: PlanContext): OperationPlan;
  project(fields: z.output<Schema>, catalog: Catalog): Catalog;
  followUp?(fields: z.output<Schema>): ReturnType<NonNullable<Operation['followUp']>>;
}

export function defineOperation<const Kind extends string, Schema extends z.ZodType>(
  definition: Definition<Kind, Schema>,
) {
  const read = (input: unknown): Operation => {
    const fields = definition.fields.parse(input);
    return {
      kind: definition.kind,
      tables: definition.tables(fields),
      types: definition.types(fields),
      plan: (catalog, context) => definition.plan(fields, catalog, context),
      project: (catalog) => definition.project(fields, catalog),
      ...(definition.followUp ? { followUp: () => definition.followUp?.(fields) ?? null } : {}),
    };
  };
  return { kind: definition.kind, summary: definition.summary, fields: definition.fields, read };
}
