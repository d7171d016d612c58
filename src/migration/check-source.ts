import { z } from 'zod';
import { explainIssues } from './explain-issues.ts';
import { describeIssue } from './issue-messages.ts';
import { lineAndColumn, pathText, redact, type Path, type Place, type Problem } from './problem.ts';
import type { Flaw, Source } from './source.ts';

export interface Checked<T> {
  /** Null exactly when there are problems. */
  readonly data: T | null;
  readonly problems: readonly Problem[];
}

/** Where the value at a path stands. */
export function placeOf(source: Source, file: string, path: Path, part: 'key' | 'value' = 'value'): Place {
  return { file, ...lineAndColumn(source.text, source.offsetOf(path, part)) };
}

/** Every mistake in a text, whether of its form or its meaning, in the order of the text. */
export function checkSource<Schema extends z.ZodType>(
  source: Source,
  schema: Schema,
  file: string,
): Checked<z.output<Schema>> {
  const flaws = source.flaws.map((flaw) => flawProblem(source, file, flaw));
  if (!source.readable) return { data: null, problems: flaws };
  const parsed = schema.safeParse(source.value, { error: describeIssue });
  if (parsed.success && flaws.length === 0) return { data: parsed.data, problems: [] };
  const asked = () => z.toJSONSchema(schema, { io: 'input' });
  const findings = parsed.success ? [] : explainIssues(parsed.error.issues, source.value, asked);
  const problems = findings.map(({ path, part, message, suggestion }): Problem => ({
    ...placeOf(source, file, path, part),
    path: redact(pathText(path)),
    message: redact(message),
    suggestion: suggestion && redact(suggestion),
  }));
  return { data: null, problems: [...flaws, ...problems].sort((a, b) => a.line - b.line || a.column - b.column) };
}

const flawProblem = (source: Source, file: string, { offset, message, suggestion }: Flaw): Problem => ({
  file,
  ...lineAndColumn(source.text, offset),
  path: '',
  message: redact(message),
  suggestion,
});
