import type { z } from 'zod';
import { expectationOf, nounOf, oneOf } from './issue-messages.ts';
import { allowedKeys, type JsonSchema } from './json-schema-keys.ts';
import { nearest } from './nearest.ts';
import { pathText, type Path } from './problem.ts';

/** A mistake found by a schema, before it has a place. */
export interface Finding {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly suggestion: string | null;
}

/** One finding per mistake: unions are followed into the branch that was meant, unknown keys named one by one. The JSON Schema is asked for which keys are known. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: () => JsonSchema,
): Finding[] {
  const explained = issues.flatMap((issue) => specific(issue, [])).map((issue) => explain(issue, value, schema));
  const findings = explained.flatMap((e) => e.findings);
  const meant = new Set(explained.flatMap((e) => e.meant));
  return findings.filter(({ path, message }) => !(message === missing && meant.has(pathText(path))));
}

const missing = 'This is missing.';

interface Explained {
  readonly findings: readonly Finding[];
  /** Paths that a misspelt key was meant to be: they are not missing. */
  readonly meant: readonly string[];
}

type Wanted = Exclude<z.core.$ZodIssue, { code: 'invalid_union' | 'invalid_key' }> | NoBranch | BadKey;

/** A union none of whose branches even fits the kind of value. */
interface NoBranch {
  readonly code: 'no_branch';
  readonly path: Path;
  readonly expected: readonly string[];
  readonly values: readonly string[];
  readonly message: string;
}

/** A key of a mapping that is not what such keys must be. */
interface BadKey {
  readonly code: 'bad_key';
  readonly path: Path;
  readonly message: string;
}

function specific(issue: z.core.$ZodIssue, prefix: Path): Wanted[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_key')
    return issue.issues.flatMap((i) => specific(i, path)).map((i) => ({ code: 'bad_key', path, message: i.message }));
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const inside = issue.errors.filter((branch) => branch.some((i) => i.path.length > 0 || !isAboutKind(i)));
  const [best] = inside.sort((a, b) => a.length - b.length || depth(b) - depth(a));
  if (best) return best.flatMap((i) => specific(i, path));
  const all = issue.errors.flat();
  const values = all.flatMap((i) => (i.code === 'invalid_value' ? i.values.map(String) : []));
  return [{ code: 'no_branch', path, expected: all.flatMap(expectationOf), values, message: issue.message }];
}

const isAboutKind = (issue: z.core.$ZodIssue): boolean => ['invalid_type', 'invalid_value'].includes(issue.code);

const depth = (branch: readonly z.core.$ZodIssue[]): number => Math.max(...branch.map((i) => i.path.length));

function explain(issue: Wanted, root: unknown, schema: () => JsonSchema): Explained {
  const path: Path = issue.path;
  if (issue.code === 'unrecognized_keys') {
    const known = allowedKeys(schema(), path);
    const each = issue.keys.map((key) => unknownKey(path, key, known));
    return { findings: each.map((e) => e.finding), meant: each.flatMap((e) => e.meant ?? []) };
  }
  if (issue.code === 'bad_key') return just({ path, part: 'key', message: issue.message, suggestion: null });
  return just(explainValue(issue, path, valueAt(root, path)));
}

function explainValue(issue: Exclude<Wanted, BadKey>, path: Path, value: unknown): Finding {
  const wanted = issue.code === 'no_branch' ? issue.expected : expectationOf(issue);
  const expected = wanted.length ? `Expected ${oneOf([...new Set(wanted)])}` : '';
  if (value === undefined && path.length > 0 && expected)
    return { path, part: 'value', message: missing, suggestion: `${expected}.` };
  const near = typeof value === 'string' ? nearest(value, optionsOf(issue)) : null;
  return {
    path,
    part: 'value',
    message: issue.code === 'no_branch' && expected ? `${expected}, found ${nounOf(value)}.` : issue.message,
    suggestion: near === null ? null : `Did you mean "${near}"?`,
  };
}

function optionsOf(issue: Exclude<Wanted, BadKey>): readonly string[] {
  if (issue.code === 'no_branch') return issue.values;
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

const just = (finding: Finding): Explained => ({ findings: [finding], meant: [] });

function unknownKey(path: Path, key: string, known: readonly string[]) {
  const near = nearest(key, known);
  const list = known.length ? `Known here: ${known.join(', ')}.` : null;
  const what = pathText(path).match(/^operations\[\d+\]$/u) ? 'operation' : 'key';
  return {
    finding: {
      path: [...path, key],
      part: 'key' as const,
      message: `Unknown ${what} "${key}".`,
      suggestion: near === null ? list : `Did you mean "${near}"?`,
    },
    meant: near === null ? null : pathText([...path, near]),
  };
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
