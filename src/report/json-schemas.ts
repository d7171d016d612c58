import { z } from 'zod';
import { demoReportSchema } from './demo-report.ts';
import {
  approvalSchema,
  archiveSchema,
  errorSchema,
  expectSchema,
  initSchema,
  newSchema,
  quarantineSchema,
  readsSchema,
  runSchema,
  settingsSchema,
  statusSchema,
  validateSchema,
  verifySchema,
} from './document-schemas.ts';
import { draftSchema } from './draft-schema.ts';
import { eventSchema } from './event-schema.ts';
import { inspectSchema } from './inspect-schema.ts';
import { lintSchema } from './lint-schema.ts';
import { planSchema } from './plan-schema.ts';
import { publishedSchema } from './published-schema.ts';
import { requirementsSchema, specsSchema } from './requirements-schema.ts';

const documents = {
  init: [initSchema, 'What lockkeeper init wrote'],
  new: [newSchema, 'What lockkeeper new wrote'],
  validate: [validateSchema, 'Whether a migration is well written: lockkeeper validate'],
  inspect: [inspectSchema, 'What a table or a column is like: lockkeeper inspect'],
  plan: [planSchema, 'A plan: what lockkeeper plan prints and apply runs'],
  status: [statusSchema, 'Where migrations stand: lockkeeper status'],
  run: [runSchema, 'How lockkeeper apply or rollback ended'],
  verify: [verifySchema, 'What lockkeeper verify found'],
  quarantine: [quarantineSchema, 'Values that did not fit: lockkeeper quarantine'],
  archive: [archiveSchema, 'What contract archived: lockkeeper archive'],
  requirements: [requirementsSchema, 'What a specification asks for: lockkeeper spec read'],
  specs: [specsSchema, 'Specifications that were found: lockkeeper spec find'],
  published: [publishedSchema, 'What was written to the pages of a migration: lockkeeper spec publish and update'],
  draft: [draftSchema, 'A migration drafted from a specification: lockkeeper spec draft'],
  event: [eventSchema, 'One line of lockkeeper apply --json'],
  approval: [approvalSchema, 'A gate that a person opened: lockkeeper approve'],
  reads: [readsSchema, 'The share of reads that go to the new shape: lockkeeper reads'],
  settings: [settingsSchema, 'What can be changed while a run goes on: lockkeeper pause, resume and tune'],
  lint: [lintSchema, 'What is dangerous in migrations: lockkeeper lint'],
  expect: [expectSchema, 'Whether a phase is reached: lockkeeper expect'],
  error: [errorSchema, 'A failure, in every command’s JSON'],
  demo: [demoReportSchema, 'The report of lockkeeper demo'],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

/** The JSON Schema of every document that programs read, by the name of its file. A later version may add fields. */
export const documentJsonSchemas = (): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(documents).map(([name, [schema, title]]) => [
      name,
      { ...z.toJSONSchema(schema, { io: 'input' }), title },
    ]),
  );
