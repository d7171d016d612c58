import type { Finding } from '../lint/lint.ts';
import { block, code, plain } from './markdown.ts';
import type { LintReport } from './render-lint-text.ts';
import { sections } from './text.ts';
import { plural } from './words.ts';

const marks: Readonly<Record<Finding['severity'], string>> = { error: '🔴', warning: '🟡', info: '🔵' };

/** A comment for a pull request. */
export const renderLintMarkdown = ({ files, summary }: LintReport): string =>
  sections([
    '## Migrations',
    files.every(({ findings, error }) => findings.length === 0 && error === null)
      ? `Nothing found in ${plural(summary.files, 'file')}.`
      : `${plural(summary.errors, 'error')}, ${plural(summary.warnings, 'warning')} in ${plural(summary.files, 'file')}.`,
    ...files.flatMap(({ path, findings, notices, error }) =>
      findings.length === 0 && notices.length === 0 && error === null
        ? []
        : [
            `### ${code(path)}`,
            error && `Line ${error.line}: not SQL: ${plain(error.message)}`,
            ...findings.map(findingText),
            ...notices.map(({ line, message }) => `⚪ Line ${line}: ${plain(message)}`),
          ],
    ),
  ]);

const findingText = ({ severity, rule, line, message, why, blocks, lock, fix }: Finding): string =>
  sections([
    `${marks[severity]} **${rule}**, line ${line}: ${plain(message)}`,
    blocks === null ? null : `Blocks ${blocks}${lock === null ? '' : ` (${lock})`}.`,
    `<details><summary>Why, and what to do</summary>\n\n${plain(why)}${fix === null ? '' : `\n\n${block('sql', fix)}`}\n\n</details>`,
  ]);
