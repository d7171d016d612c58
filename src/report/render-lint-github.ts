import type { Finding } from '../lint/lint.ts';
import type { LintReport } from './render-lint-text.ts';

const levels: Readonly<Record<Finding['severity'], string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands that GitHub shows beside the lines of a pull request. */
export const renderLintGithub = ({ files }: LintReport): string =>
  files
    .flatMap(({ path, findings, notices, error }) => [
      ...(error
        ? [command('error', path, { line: error.line, col: error.column, title: 'not SQL' }, error.message)]
        : []),
      ...findings.map(({ severity, rule, line, column, endLine, endColumn, message }) =>
        command(levels[severity], path, { line, endLine, col: column, endColumn, title: rule }, message),
      ),
      ...notices.map(({ line, column, endLine, endColumn, message }) =>
        command('notice', path, { line, endLine, col: column, endColumn, title: 'not judged' }, message),
      ),
    ])
    .join('\n');

const command = (
  level: string,
  file: string,
  places: Readonly<Record<string, string | number>>,
  message: string,
): string =>
  `::${level} ${Object.entries({ file, ...places })
    .map(([key, value]) => `${key}=${property(value)}`)
    .join(',')}::${data(message)}`;

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (value: string | number): string =>
  data(value.toString()).replaceAll(':', '%3A').replaceAll(',', '%2C');
