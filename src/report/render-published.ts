import type { PublishedPages } from './published-schema.ts';
import { noPaint, oneLine, type Paint, sections, wrap } from './text.ts';
import { plural } from './words.ts';

/** What became of the pages of each migration, or would; what could not be said comes last. */
export const renderPublished = ({ publications, dryRun }: PublishedPages, paint: Paint = noPaint): string =>
  publications.length
    ? sections([...publications.map((p) => publicationText(p, dryRun, paint)), dryRun ? 'Nothing was changed.' : null])
    : 'No migration is published.';

type Pages = PublishedPages['publications'][number];

function publicationText({ migration, workspace, changes, problems }: Pages, dryRun: boolean, paint: Paint): string {
  const changed = changes.filter(({ how }) => how !== 'unchanged');
  const same = changes.length - changed.length;
  return [
    paint.bold(oneLine(`${migration}, in ${workspace}`)),
    ...changed.flatMap((change) => changeLines(change, dryRun)),
    ...(same
      ? [`  ${plural(same, 'page')} ${same === 1 ? 'says' : 'say'} already what ${same === 1 ? 'it' : 'they'} should`]
      : []),
    ...problems.map((problem) => paint.yellow(wrap(problem, '  '))),
  ].join('\n');
}

function changeLines({ how, where, key, details }: Pages['changes'][number], dryRun: boolean): readonly string[] {
  const verb = dryRun ? `would ${how}` : `${how}d`;
  return [`  ${verb} ${oneLine(where ?? key)}`, ...details.map((detail) => wrap(detail, '    '))];
}
