import type { FileFindings, Finding } from '../lint/lint.ts';
import type { Rule } from '../lint/rule.ts';
import { noPaint, oneLine, type Paint, sections, wrap } from './text.ts';
import { plural } from './words.ts';

/** What the renderers of `lint` need of its document. */
export interface LintReport {
  readonly files: readonly FileFindings[];
  readonly summary: {
    readonly files: number;
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    /** Parts of scripts that nobody can judge before they run. */
    readonly notices: number;
    /** Files that are no SQL, or cannot be read. */
    readonly unreadable: number;
    readonly pg: number;
    /** Nobody said which version. */
    readonly pgAssumed: boolean;
    /** The tools whose migrations they look like. */
    readonly runners: readonly string[];
  };
}

/** Findings as people read them: where, what waits and why, and the same statement written safely. */
export const renderLintText = (
  report: LintReport,
  texts: ReadonlyMap<string, string>,
  paint: Paint = noPaint,
): string =>
  sections([
    ...report.files.flatMap((file) => [
      file.error &&
        `${paint.bold(oneLine(file.path))}:${file.error.line}:${file.error.column}  ${paint.red('not SQL')}  ${oneLine(file.error.message)}`,
      ...findingTexts(file, texts.get(file.path) ?? '', paint),
      ...file.notices.map(
        ({ line, column, message }) =>
          `${paint.bold(oneLine(file.path))}:${line}:${column}  ${paint.yellow('not judged')}\n${wrap(message, '  ')}`,
      ),
    ]),
    summaryText(report, paint),
  ]);

function findingTexts({ path, findings }: LintReport['files'][number], text: string, paint: Paint): readonly string[] {
  const lines = text.replace(/^\u{feff}/u, '').split('\n');
  return findings.map((finding) => findingText(path, finding, lines, paint));
}

function findingText(path: string, finding: Finding, lines: readonly string[], paint: Paint): string {
  const { rule, line, column, message, why, lock, blocks, fix } = finding;
  return sections([
    `${paint.bold(oneLine(path))}:${line}:${column}  ${severityText(finding, paint)}  ${rule}\n${wrap(message, '  ')}`,
    underlined(finding, lines, paint),
    [
      ...(blocks === null ? [] : [labelled('blocks', `${blocks}${lock === null ? '' : ` (${lock})`}`)]),
      labelled('why', why),
    ].join('\n'),
    fix === null ? null : `  ${paint.green('instead')}\n${indented(fix, '    ')}`,
  ]);
}

const severityText = ({ severity }: Finding, paint: Paint): string =>
  severity === 'error' ? paint.red(severity) : severity === 'warning' ? paint.yellow(severity) : severity;

const labelled = (label: string, text: string): string => wrap(text, `  ${label.padEnd(6)}  `);

const indented = (text: string, indent: string): string =>
  text
    .split('\n')
    .map((line) => `${indent}${shownLine(line)}`.trimEnd())
    .join('\n');

/** One line of a file that can not steer a terminal. */
const shownLine = (line: string): string => oneLine(line.replaceAll('\t', ' ').replace(/\r$/u, ''));

const MOST_LINES = 6;

/** The lines of the place, with carets under it. */
function underlined({ line, column, endLine, endColumn }: Finding, all: readonly string[], paint: Paint): string {
  const lines = all.slice(line - 1, endLine);
  const shown = lines.slice(0, MOST_LINES).flatMap((source, i) => {
    const from = i === 0 ? column - 1 : source.length - source.trimStart().length;
    const to = i === lines.length - 1 ? endColumn - 1 : source.trimEnd().length;
    const carets = to > from ? [`    ${' '.repeat(from)}${paint.red('^'.repeat(to - from))}`] : [];
    return [`    ${shownLine(source)}`, ...carets];
  });
  return [...shown, ...(lines.length > MOST_LINES ? ['    …'] : [])].join('\n');
}

function summaryText({ summary }: LintReport, paint: Paint): string {
  const { files, errors, warnings, infos, notices, unreadable, pg, pgAssumed, runners } = summary;
  const counts = [
    ...(unreadable > 0 ? [paint.red(`${plural(unreadable, 'file')} that could not be read`)] : []),
    ...(errors > 0 ? [paint.red(plural(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint.yellow(plural(warnings, 'warning'))] : []),
    ...(infos > 0 ? [`${infos} for information`] : []),
    ...(notices > 0 ? [`${plural(notices, 'part')} of scripts not judged`] : []),
  ];
  const found = counts.length === 0 ? paint.green('Nothing found') : counts.join(', ');
  return `${found} in ${plural(files, 'file')}, read as ${runners.join(' and ')}, for PostgreSQL ${pg}${pgAssumed ? ' (assumed; name yours with --pg)' : ''}.`;
}

/** `lint --explain`: what a rule finds and what to do. */
export const renderRule = (rule: Rule, paint: Paint = noPaint): string =>
  sections([
    `${paint.bold(rule.id)}  ${rule.severity}${rule.optIn ? ', off unless it is enabled' : ''}\n${wrap(rule.summary, '  ')}`,
    wrap(rule.why, '  '),
    [
      ...(rule.lock === null ? [] : [labelled('lock', rule.lock)]),
      ...(rule.blocks === null ? [] : [labelled('blocks', rule.blocks)]),
      ...(rule.versions === undefined ? [] : [labelled('versions', rule.versions)]),
    ].join('\n'),
    `  ${paint.red('found')}\n${examples(rule.bad)}`,
    `  ${paint.green('allowed')}\n${examples(rule.good)}`,
  ]);

const examples = (list: Rule['bad']): string =>
  list.map((example) => indented(`${typeof example === 'string' ? example : example.sql};`, '    ')).join('\n\n');
