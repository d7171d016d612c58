import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type {
  ArchiveDocument,
  QuarantineDocument,
  RunDocument,
  StatusDocument,
  VerifyDocument,
} from '../app/documents.ts';
import type { InitResult } from '../app/init.ts';
import type { LintDocument } from '../app/lint.ts';
import type { NewMigrationResult } from '../app/new-migration.ts';
import type { ValidateResult } from '../app/validate.ts';
import type { Event } from '../events.ts';
import type { Settings } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type {
  Archives,
  initSchema,
  newSchema,
  Quarantine,
  RunResult,
  settingsSchema,
  Status,
  validateSchema,
  Verification,
} from '../report/document-schemas.ts';
import type { eventSchema } from '../report/event-schema.ts';
import type { Frozen } from '../report/frozen.ts';
import type { InspectDocument } from '../report/inspect.ts';
import type { inspectSchema } from '../report/inspect-schema.ts';
import type { lintSchema } from '../report/lint-schema.ts';
import { documentJsonSchemas } from '../report/json-schemas.ts';
import type { planSchema } from '../report/plan-schema.ts';

it('has schemas that say what the use cases return, no more and no less', () => {
  expectTypeOf<Status>().toEqualTypeOf<Frozen<StatusDocument>>();
  expectTypeOf<RunResult>().toEqualTypeOf<Frozen<RunDocument>>();
  expectTypeOf<Verification>().toEqualTypeOf<Frozen<VerifyDocument>>();
  expectTypeOf<Quarantine>().toEqualTypeOf<Frozen<QuarantineDocument>>();
  expectTypeOf<Archives>().toEqualTypeOf<Frozen<ArchiveDocument>>();
  expectTypeOf<Frozen<z.infer<typeof initSchema>>>().toEqualTypeOf<Frozen<InitResult>>();
  expectTypeOf<Frozen<z.infer<typeof newSchema>>>().toEqualTypeOf<Frozen<NewMigrationResult>>();
  expectTypeOf<Frozen<z.infer<typeof validateSchema>>>().toEqualTypeOf<Frozen<ValidateResult>>();
  expectTypeOf<Frozen<z.infer<typeof inspectSchema>>>().toEqualTypeOf<Frozen<InspectDocument>>();
  expectTypeOf<Frozen<z.infer<typeof lintSchema>>>().toEqualTypeOf<Frozen<LintDocument>>();
  expectTypeOf<Frozen<z.infer<typeof planSchema>>>().toEqualTypeOf<Frozen<Plan>>();
  expectTypeOf<Frozen<z.infer<typeof settingsSchema>['settings']>>().toEqualTypeOf<Frozen<Settings>>();
  type Line = { readonly schema: 'lockkeeper.event/1'; readonly at: string } & Event;
  expectTypeOf<Line>().toExtend<Frozen<z.infer<typeof eventSchema>>>();
  expectTypeOf<Frozen<z.infer<typeof eventSchema>>>().toExtend<Line>();
});

it('publishes schemas that a validator of the standard takes', () => {
  for (const schema of Object.values(documentJsonSchemas()))
    expect(() => new Ajv2020({ strict: false, validateFormats: false }).compile(schema)).not.toThrow();
});
