const icons = new Map([
  ['NOTE', 'ℹ️'],
  ['TIP', '💡'],
  ['IMPORTANT', '❗'],
  ['WARNING', '⚠️'],
  ['CAUTION', '🛑'],
]);

/** What a callout without an emoji gets. */
export const defaultIcon = 'ℹ️';

/** GitHub knows five alerts; any other word is an icon itself. */
export const iconOfAlert = (word: string): string => icons.get(word.toUpperCase()) ?? word;

export const alertOfIcon = (icon: string): string => [...icons].find(([, known]) => known === icon)?.[0] ?? icon;
