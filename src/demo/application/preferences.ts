/** What a user has set, as text, whichever shape it came from. */
export interface Preferences {
  readonly theme: string | null;
  readonly language: string | null;
  readonly items_per_page: string | null;
  readonly email: string | null;
  readonly digest: string | null;
}

export const preferenceKeys = ['theme', 'language', 'items_per_page', 'email', 'digest'] as const;

const pick = <T>(choices: readonly [T, ...T[]]): T => choices[Math.floor(Math.random() * choices.length)] ?? choices[0];

export const someTheme = () => pick(['light', 'dark', 'system', 'sepia']);
export const someLanguage = () => pick(['en', 'de', 'fr', 'es', 'pt', 'ja']);
export const someDigest = () => pick(['daily', 'weekly', 'never']);
export const somePageSize = () => 5 + Math.floor(Math.random() * 100);
export const someBoolean = () => Math.random() < 0.5;

/** A complete set, as a person who signs up leaves it. */
export const somePreferences = () => ({
  theme: someTheme(),
  language: someLanguage(),
  items_per_page: somePageSize(),
  email: someBoolean(),
  digest: someDigest(),
});

/** As the database would print it: what the oracle remembers. */
export const asText = (values: Readonly<Record<string, string | number | boolean | null>>): Partial<Preferences> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === null ? null : String(value)]));

/** The document of the old shape. */
export const asDocument = ({ email, digest, ...others }: ReturnType<typeof somePreferences>) => ({
  ...others,
  notifications: { email, digest },
});

/** What the old version shows of a document, however odd it is; it has always taken these defaults for what is not there. */
export function fromDocument(document: unknown): Preferences {
  const { theme, language, items_per_page, notifications } = fields(document);
  const { email, digest } = fields(notifications);
  return {
    theme: shown(theme === undefined ? 'system' : theme),
    language: shown(language),
    items_per_page: shown(items_per_page),
    email: shown(email === undefined ? true : email),
    digest: shown(digest),
  };
}

type Fields = Readonly<Partial<Record<keyof Preferences | 'notifications', unknown>>>;

const fields = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

const shown = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);
