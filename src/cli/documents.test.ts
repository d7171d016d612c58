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
import type { Event } from '../events.ts';
import type { Settings } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type {
  Archives,
  Quarantine,
  RunResult,
  settingsSchema,
  Status,
  Verification,
} from '../report/document-schemas.ts';
import type { eventSchema } from '../report/event-schema.ts';
import type { Frozen } from '../report/frozen.ts';
import { documentJsonSchemas } from '../report/json-schemas.ts';
import type { planSchema } from '../report/plan-schema.ts';

it('has schemas that say what the use cases return, no more and no less', () => {
  expectTypeOf<Status>().toEqualTypeOf<Frozen<StatusDocument>>();
  expectTypeOf<RunResult>().toEqualTypeOf<Frozen<RunDocument>>();
  expectTypeOf<Verification>().toEqualTypeOf<Frozen<VerifyDocument>>();
  expectTypeOf<Quarantine>().toEqualTypeOf<Frozen<QuarantineDocument>>();
  expectTypeOf<Archives>().toEqualTypeOf<Frozen<ArchiveDocument>>();
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
