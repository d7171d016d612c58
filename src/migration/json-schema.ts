import { z } from 'zod';
import { document } from './document.ts';

/** The authored document as a JSON Schema, for editors and other tools. */
export const migrationJsonSchema = () => ({
  ...z.toJSONSchema(document, { io: 'input' }),
  title: 'Lockkeeper migration',
});
