import type { Verification } from './document-schemas.ts';
import { number } from './numbers.ts';
import { columns, noPaint, oneLine, type Paint, sections } from './text.ts';
import { plural, shellWord } from './words.ts';

/** What verify found: differences row by row, what became of every value, and the triggers. */
export const renderVerify = ({ migration, ok, mappings, triggers }: Verification, paint: Paint = noPaint): string =>
  sections([
    mappings.length
      ? columns(
          ['comparison', 'rows', 'missing', 'extra', 'stale', 'quarantined', 'pending', 'result'],
          mappings.map((m) => [
            m.title,
            ...[m.compared, m.missing, m.extra, m.stale, m.quarantined, m.pending].map(number),
            resultText(m),
          ]),
          '',
        )
      : 'There is nothing to compare: this migration moves no data.',
    valueTable(mappings),
    triggers.length
      ? ['Triggers', ...triggers.map(({ name, problem }) => oneLine(`  ${name}: ${problem}`))].join('\n')
      : null,
    ok
      ? paint.green('Both shapes are equal.')
      : `${paint.red('Differences were found.')} To mend what can be mended: lockkeeper verify ${shellWord(migration)} --repair`,
  ]);

const resultText = ({ ok, repaired }: Verification['mappings'][number]): string =>
  `${ok ? 'equal' : 'differs'}${repaired ? `, ${plural(repaired, 'row')} repaired` : ''}`;

function valueTable(mappings: Verification['mappings']): string | null {
  const rows = mappings.flatMap(({ title, columns: values }) =>
    values.map((v) => [title, v.column, ...[v.exact, v.defaultFilled, v.lost].map(number)]),
  );
  return rows.length ? columns(['values of', 'column', 'exact', 'default filled in', 'lost'], rows, '') : null;
}
