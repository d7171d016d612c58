import type { Quarantine } from './document-schemas.ts';
import { number } from './numbers.ts';
import { columns, oneLine, sections } from './text.ts';
import { plural, shellWord } from './words.ts';

/** What did not fit, by kind; values only when the document holds them, which it does for a terminal that asked. */
export const renderQuarantine = ({ migration, open, accepted, settled, groups, values }: Quarantine): string =>
  sections([
    `${oneLine(migration)}: ${plural(open, 'value')} open, ${number(accepted)} accepted, ${number(settled)} settled.`,
    groups.length
      ? columns(
          ['target', 'column', 'type', 'why', 'state', 'rows'],
          groups.map((g) => [g.target || '–', g.column || '–', g.type, g.reason, g.state, number(g.rows)]),
        )
      : null,
    values?.length
      ? columns(
          ['id', 'key', 'column', 'why', 'state', 'original'],
          values.map((v) => [String(v.id), shown(v.key), v.column, v.reason, v.state, shown(v.original)]),
        )
      : null,
    open ? `Repair them in the old shape, or: lockkeeper quarantine accept ${shellWord(migration)} --note "why"` : null,
  ]);

const shown = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));
