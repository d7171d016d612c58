import type { Draft, Said } from '../draft/draft.ts';
import { noPaint, oneLine, type Paint, sections, wrap } from './text.ts';

/** What a draft leaves to people: questions, and what it does not do. The migration itself is YAML. */
export function renderDraft({ operations, questions, unsupported, path, yaml }: Draft, paint: Paint = noPaint): string {
  const section = (heading: string, items: readonly string[]) =>
    items.length ? [paint.bold(heading), ...items].join('\n') : null;
  return sections([
    path === null ? null : oneLine(`Wrote ${path}: ${operations.map(({ kind }) => kind).join(', ')}.`),
    yaml === null
      ? unsupported.length
        ? 'Nothing of it could be drafted.'
        : 'No change of the schema was found that could be drafted.'
      : null,
    section(
      'Questions',
      questions.map(({ question, impact, assumption, ...said }) =>
        [wrap(question, lineOf(said)), wrap(`${impact} Assumed: ${assumption}`, ' '.repeat(8))].join('\n'),
      ),
    ),
    section(
      'Asked for, and not in the migration',
      unsupported.map((one) =>
        [wrap(`${one.what}: “${one.text}”`, lineOf(one)), wrap(one.why, ' '.repeat(8))].join('\n'),
      ),
    ),
    path === null ? null : oneLine(`Read it, settle the questions, then: lockkeeper plan ${path}`),
  ]);
}

/** The line, as wide as most are. */
const lineOf = ({ line }: Pick<Said, 'line'>): string => `  ${line === null ? '-' : String(line)}`.padEnd(8);
