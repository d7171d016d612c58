import type { Finding } from '../lint/lint.ts';
import { lintFingerprints } from './lint-fingerprint.ts';
import type { LintReport } from './render-lint-text.ts';

const severities: Readonly<Record<Finding['severity'], string>> = { error: 'major', warning: 'minor', info: 'info' };

/** GitLab's code quality report. */
export const renderLintGitlab = ({ files }: LintReport, texts: ReadonlyMap<string, string>): string =>
  JSON.stringify(
    files.flatMap(({ path, findings, error }) => {
      const fingerprints = lintFingerprints(path, findings, texts.get(path) ?? '');
      return [
        ...(error ? [issue(path, error.line, 'not-sql', error.message, 'blocker', `not-sql ${path}`)] : []),
        ...findings.map(({ line, rule, message, severity }, i) =>
          issue(path, line, rule, message, severities[severity], fingerprints[i] ?? ''),
        ),
      ];
    }),
    null,
    2,
  );

const issue = (
  path: string,
  begin: number,
  rule: string,
  description: string,
  severity: string,
  fingerprint: string,
) => ({
  description,
  check_name: rule,
  fingerprint,
  severity,
  location: { path, lines: { begin } },
});
