import type { ApplicationError } from './application.ts';

/** Counts every error that a user of the application would have seen. */
export function countErrors() {
  const counts = new Map<string, { kind: string; code: string; message: string; count: number }>();
  return {
    add(kind: string, error: unknown): void {
      const { code, message } = describe(error);
      const key = `${kind} ${code} ${message}`;
      const seen = counts.get(key);
      if (seen) seen.count += 1;
      else counts.set(key, { kind, code, message, count: 1 });
    },
    total: () => [...counts.values()].reduce((sum, { count }) => sum + count, 0),
    list: (): ApplicationError[] => [...counts.values()].sort((a, b) => b.count - a.count),
  };
}

export type Errors = ReturnType<typeof countErrors>;

/** Class 22 messages quote the value that did not fit: it stays out of the report. */
function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'unknown', message: 'Something that is not an error was thrown.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: code.startsWith('22') ? error.message.replaceAll(/"[^"]*"/g, '"…"') : error.message };
}
