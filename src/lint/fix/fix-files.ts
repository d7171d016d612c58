import { type FileFindings, lintFiles, type LintOptions } from '../lint.ts';
import { rules } from '../registry.ts';
import { type Candidate, isOfParentOnly, rewritten, type Rewritten, type Way } from './rewritten.ts';
import type { Editable } from './split.ts';

/** Files with what could be rewritten safely. */
export interface FixedFiles {
  /** All of them, in the order in which they run; new ones come after the file that they were a part of. */
  readonly files: readonly Editable[];
  /** What was rewritten, with the places it had when its turn came. */
  readonly fixed: readonly { readonly path: string; readonly rule: string }[];
}

const fixable = new Set(rules.filter((rule) => rule.fixable).map(({ id }) => id));

/** What is known at a moment: the files, what is found in them, and what led to it. */
interface Standing extends FixedFiles {
  readonly results: readonly FileFindings[];
}

/** How files are tried: as many rewrites together as can be, because judging a folder takes as long for one as for all. */
interface Trial {
  readonly runner: string;
  readonly options: LintOptions;
}

/**
 * Rewrites what is found in files of one tool. Rewrites of different statements are tried together; each must leave one
 * finding less in its file, and nowhere one more. Those of a file where that is not so are tried one by one, and in files
 * of their own.
 */
export function fixFiles(files: readonly Editable[], runner: string, options: LintOptions): FixedFiles {
  const trial = { runner, options };
  let now: Standing = { files, fixed: [], results: lint(files, options) };
  const given = new Set<string>();
  for (;;) {
    const open = candidates(now).filter((candidate) => !given.has(keyOf(candidate)));
    if (open.length === 0) return { files: now.files, fixed: now.fixed };
    const together = onePer(
      open,
      ({ path, finding: { statement } }) => `${path}:${statement.line}:${statement.column}`,
    );
    const all = tried(now, together, 'in place', trial);
    const changed = new Set(all.now.fixed.slice(now.fixed.length).map(({ path }) => path));
    // where something was rewritten, the places of the rest are no longer true
    const left = onePer(open, ({ path }) => path).filter(({ path }) => !changed.has(path));
    const several = new Set(together.filter((candidate) => !left.includes(candidate)).map(({ path }) => path));
    const alone = tried(
      all.now,
      left.filter(({ path }) => several.has(path)),
      'in place',
      trial,
    );
    const isRefused = (candidate: Candidate) => !several.has(candidate.path) || alone.refused.includes(candidate);
    const split = tried(alone.now, left.filter(isRefused), 'split', trial);
    now = split.now;
    for (const candidate of split.refused) given.add(keyOf(candidate));
  }
}

const lint = (files: readonly Editable[], options: LintOptions): readonly FileFindings[] =>
  lintFiles(
    files.map(({ file }) => file),
    options,
  );

function candidates({ files, results }: Standing): readonly Candidate[] {
  const paths = new Set(files.map(({ file }) => file.path));
  return results
    .filter(({ path }) => /\.sql$/iu.test(path) && paths.has(path))
    .flatMap(({ path, findings }) =>
      findings.flatMap((finding) =>
        finding.fix !== null && fixable.has(finding.rule) && !isOfParentOnly(finding.fix)
          ? [{ path, finding, fix: finding.fix }]
          : [],
      ),
    );
}

const keyOf = ({ path, finding, fix }: Candidate): string => `${path} ${finding.rule} ${fix}`;

/** The first of each. */
function onePer(open: readonly Candidate[], keyed: (candidate: Candidate) => string): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const candidate of open) if (!first.has(keyed(candidate))) first.set(keyed(candidate), candidate);
  return [...first.values()];
}

interface Tried {
  readonly now: Standing;
  readonly refused: readonly Candidate[];
}

/** Writes what can be written together; a file that it makes worse keeps its text. */
function tried(now: Standing, wanted: readonly Candidate[], way: Way, trial: Trial): Tried {
  if (wanted.length === 0) return { now, refused: [] };
  const proposed = rewritten(now.files, wanted, way, trial.runner);
  const { written } = proposed;
  const unwritten = wanted.filter((candidate) => !written.includes(candidate));
  if (written.length === 0) return { now, refused: wanted };
  const results = lint(proposed.files, trial.options);
  const worse = notBetter(now.results, results, proposed);
  if (worse.size === 0) {
    const fixed = [...now.fixed, ...written.map(({ path, finding }) => ({ path, rule: finding.rule }))];
    return { now: { files: proposed.files, results, fixed }, refused: unwritten };
  }
  const innocent = written.filter(({ path }) => !worse.has(path));
  const guilty = written.filter(({ path }) => worse.has(path));
  // what made another file worse is among them
  const parts = guilty.length > 0 ? [innocent] : halves(written);
  const refused = parts.length > 0 ? [...unwritten, ...guilty] : wanted;
  return parts.reduce<Tried>(
    (before, part) => {
      const after = tried(before.now, part, way, trial);
      return { now: after.now, refused: [...before.refused, ...after.refused] };
    },
    { now, refused },
  );
}

/** Those of some files, and those of the others; nothing for one file. */
function halves(list: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const paths = [...new Set(list.map(({ path }) => path))];
  const first = new Set(paths.slice(0, paths.length >> 1));
  return first.size === 0
    ? []
    : [list.filter(({ path }) => first.has(path)), list.filter(({ path }) => !first.has(path))];
}

/** The files in which there is not one finding less of each rewritten rule, or one more, or something that cannot be read. */
function notBetter(
  before: readonly FileFindings[],
  after: readonly FileFindings[],
  { written, partOf }: Rewritten,
): ReadonlySet<string> {
  const allowed = counts(before, (path) => path);
  for (const { path, finding } of written) add(allowed, `${path}\n${finding.rule}`, path, -1);
  const broken = new Set(before.filter(({ error }) => error !== null).map(({ path }) => path));
  const worse = new Set<string>();
  for (const [key, { path, count }] of counts(after, (path) => partOf.get(path) ?? path))
    if (count > (allowed.get(key)?.count ?? 0)) worse.add(path);
  for (const { path, error } of after) {
    const whole = partOf.get(path) ?? path;
    if (error !== null && !broken.has(whole)) worse.add(whole);
  }
  return worse;
}

type Counts = Map<string, { readonly path: string; readonly count: number }>;

function counts(results: readonly FileFindings[], fileOf: (path: string) => string): Counts {
  const found: Counts = new Map();
  for (const { path, findings } of results)
    for (const { rule } of findings) add(found, `${fileOf(path)}\n${rule}`, fileOf(path), 1);
  return found;
}

const add = (to: Counts, key: string, path: string, by: number): void =>
  void to.set(key, { path, count: (to.get(key)?.count ?? 0) + by });
