import { createHash } from 'node:crypto';
import type { Finding } from '../lint/lint.ts';

/** The same for a finding whose file grew or shrank above it: its rule, its file, its text, and which of several equal ones it is. */
export function lintFingerprints(path: string, findings: readonly Finding[], text: string): readonly string[] {
  const lines = text.split('\n');
  const seen = new Map<string, number>();
  return findings.map(({ rule, line, endLine, message }) => {
    const place = lines
      .slice(line - 1, endLine)
      .map((source) => source.trim())
      .join('\n');
    const key = [rule, path, message, place].join('\0');
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return createHash('sha256').update(`${key}\0${nth}`).digest('hex');
  });
}
