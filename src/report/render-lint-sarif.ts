import type { FileFindings, Finding } from '../lint/lint.ts';
import type { Rule } from '../lint/rule.ts';
import { lintFingerprints } from './lint-fingerprint.ts';
import type { LintReport } from './render-lint-text.ts';

const levels: Readonly<Record<Finding['severity'], string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0, as code scanning reads it. */
export function renderLintSarif(
  report: LintReport,
  texts: ReadonlyMap<string, string>,
  rules: readonly Rule[],
): string {
  const found = new Set(report.files.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  const driver = {
    name: 'Lockkeeper',
    rules: rules.filter(({ id }) => found.has(id)).map(descriptor),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: report.files.flatMap(notification) }],
    results: report.files.flatMap((file) => results(file, texts.get(file.path) ?? '')),
  };
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    null,
    2,
  );
}

const descriptor = ({ id, summary, why, severity }: Rule) => ({
  id,
  shortDescription: { text: summary },
  fullDescription: { text: why },
  defaultConfiguration: { level: levels[severity] },
});

const notification = ({ path, notices, error }: FileFindings) => [
  ...notices.map(({ message, line, column, endLine, endColumn }) => ({
    level: 'note',
    message: { text: message },
    locations: [location(path, { startLine: line, startColumn: column, endLine, endColumn })],
  })),
  ...(error === null
    ? []
    : [
        {
          level: 'error',
          message: { text: error.message },
          locations: [location(path, { startLine: error.line, startColumn: error.column })],
        },
      ]),
];

const location = (path: string, region: object) => ({
  physicalLocation: { artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') }, region },
});

function results({ path, findings }: FileFindings, text: string) {
  const fingerprints = lintFingerprints(path, findings, text);
  return findings.map((finding, i) => ({
    ruleId: finding.rule,
    level: levels[finding.severity],
    message: { text: finding.blocks === null ? finding.message : `${finding.message} It blocks ${finding.blocks}.` },
    locations: [
      location(path, {
        startLine: finding.line,
        startColumn: finding.column,
        endLine: finding.endLine,
        endColumn: finding.endColumn,
      }),
    ],
    partialFingerprints: { 'lockkeeper/v1': fingerprints[i] ?? '' },
  }));
}
