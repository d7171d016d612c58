import { isTooLong } from '../names.ts';
import type { Rule } from '../rule.ts';
import { tokensOf } from '../tokens.ts';

const long = 'a_name_that_goes_on_and_on_until_postgresql_has_had_enough_of_it_and_cuts_it_off';

export const identifierTooLong: Rule = {
  id: 'identifier-too-long',
  severity: 'warning',
  summary: 'A name of more than 63 bytes.',
  why: 'PostgreSQL cuts it off and only gives a notice. Two names that differ at the end become the same, and tools that compare schemas see a difference for ever.',
  lock: null,
  blocks: null,
  bad: [
    { sql: `CREATE INDEX CONCURRENTLY ${long} ON orders (day)`, at: long },
    { sql: `ALTER TABLE orders ADD COLUMN "${'ä'.repeat(32)}" int`, at: `"${'ä'.repeat(32)}"` },
  ],
  good: [
    `ALTER TABLE orders ADD COLUMN "${'ä'.repeat(31)}" int`,
    `SELECT '${long}'`,
    `DO $$ BEGIN RAISE NOTICE '${long}'; END $$`,
  ],
  on: 'any',
  *check({ statement }) {
    const { text, start, end, opaque } = statement;
    if (opaque || text.length <= 32 || !/[\w$]{64}|"[^"]{17}|[^\p{ASCII}]/u.test(text)) return;
    const exact = text.length === end - start;
    for (const token of tokensOf(text)) {
      if (token.kind !== 'word' && token.kind !== 'name') continue;
      const written = text.slice(token.start, token.end);
      const name = token.kind === 'name' ? written.slice(1, -1).replaceAll('""', '"') : written;
      if (!isTooLong(name)) continue;
      const at = exact ? { start: start + token.start, end: start + token.end } : { start, end };
      yield { message: `PostgreSQL cuts ${name} off after 63 bytes.`, at };
    }
  },
};
