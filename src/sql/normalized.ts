import { loadModule, normalizeSync } from 'libpg-query';

await loadModule();

/** A statement with `$1` for each constant; null for what PostgreSQL's parser does not take. */
export function normalized(statement: string): string | null {
  try {
    return normalizeSync(statement);
  } catch {
    return null;
  }
}
