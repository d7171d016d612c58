/** Where in a file: both count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One mistake in what a person wrote. */
export interface Problem extends Place {
  /** `operations[0].rename_column.to`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly suggestion: string | null;
}

export type Path = readonly PropertyKey[];

/** A path as people write it: `operations[0].rename_column`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${String(key)}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );

/** The line and column of an offset in a text. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, Math.max(0, offset));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

/** Any text without the passwords of connection strings in it: mistakes may quote what was written. */
export const redact = (text: string): string =>
  text.replace(/(:\/\/[^\s:@/]*):\S*@/gu, '$1:***@').replace(/(password\s*=\s*)[^\s&'"]+/giu, '$1***');

/** `file:line:column  path: message  suggestion`, one line. */
export const problemLine = ({ file, line, column, path, message, suggestion }: Problem): string =>
  [`${file}:${line}:${column}`, path && `${path}:`, message, suggestion].filter(Boolean).join(' ');
