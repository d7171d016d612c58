import type { Rule } from '../rule.ts';

export const unknownIgnoredRule: Rule = {
  id: 'unknown-ignored-rule',
  severity: 'warning',
  summary: 'A comment ignores a rule that does not exist.',
  why: 'A misspelt rule is not turned off, and one that was renamed protects nobody’s exception any more.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: '-- lockkeeper:ignore drop-tabel: unused since May\nSELECT 1',
      at: '-- lockkeeper:ignore drop-tabel: unused since May',
    },
    { sql: '-- lockkeeper:ignore-file no-such-rule\nSELECT 1', at: '-- lockkeeper:ignore-file no-such-rule' },
  ],
  good: [
    '-- lockkeeper:ignore drop-table unused since May\nDROP TABLE old_orders',
    "SELECT '-- lockkeeper:ignore no-such-rule'",
  ],
  on: [],
  check: () => [], // the engine finds it, where it reads the comments
};
