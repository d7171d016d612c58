import type { Database, DataSource, Page, RichText } from './state.ts';

export const plainTitle = (thing: Page | Database | DataSource): string =>
  (thing.kind === 'page' ? ((thing.values['title'] ?? []) as RichText) : thing.title)
    .map(({ plain_text }) => plain_text)
    .join('');
