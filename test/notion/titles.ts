import type { Database, DataSource, Page, RichText } from './state.ts';

export const titleOf = (thing: Page | Database | DataSource): RichText =>
  thing.kind === 'page' ? ((thing.values['title'] ?? []) as RichText) : thing.title;

export const plainTitle = (thing: Page | Database | DataSource): string =>
  titleOf(thing)
    .map(({ plain_text }) => plain_text)
    .join('');
