import type { Rule } from '../rule.ts';

export const unusedIgnore: Rule = {
  id: 'unused-ignore',
  severity: 'warning',
  summary: 'A comment ignores a rule that finds nothing.',
  why: 'An exception that nothing needs will hide the next danger that comes to stand there.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: '-- lockkeeper:ignore drop-table unused since May\nSELECT 1',
      at: '-- lockkeeper:ignore drop-table unused since May',
    },
    { sql: '/* lockkeeper:ignore-file drop-table */ SELECT 1', at: '/* lockkeeper:ignore-file drop-table */' },
  ],
  good: [
    '-- lockkeeper:ignore drop-table unused since May\nDROP TABLE old_orders',
    '-- lockkeeper:ignore-file drop-table\nSELECT 1;\nDROP TABLE old_orders',
  ],
  on: [],
  check: () => [], // the engine finds it, where it reads the comments
};
