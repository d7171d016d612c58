import type { Archives } from './document-schemas.ts';
import { columns } from './text.ts';

/** What was archived and can be restored or purged, by number. */
export const renderArchives = ({ archives }: Archives): string =>
  archives.length
    ? columns(
        ['id', 'migration', 'kind', 'was', 'is now', 'since'],
        archives.map((a) => [
          String(a.id),
          a.migration,
          a.kind,
          a.kind === 'column' ? `${a.relation}.${a.originalName}` : a.originalName,
          a.archivedName,
          a.archivedAt,
        ]),
        '',
      )
    : 'Nothing is archived.';
