import { basename, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CodeActionKind,
  createConnection,
  type CodeAction,
  type CodeActionParams,
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { rootOf } from '../app/lint-sources.ts';
import { lint, type LintInput } from '../app/lint.ts';
import { LockkeeperError } from '../errors.ts';
import type { FileFindings, Finding } from '../lint/lint.ts';
import type { Place } from '../lint/source.ts';

const severities: Readonly<Record<Finding['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** What a diagnostic's quick fix writes instead of a statement. */
interface Rewrite {
  readonly range: Range;
  readonly text: string;
}

/** Speaks the Language Server Protocol on two streams until the client says exit, or leaves. */
export function serveLint(
  options: Omit<LintInput, 'paths' | 'unsaved' | 'only'>,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  const connection = createConnection(input, output);
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize(() => ({
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    },
    serverInfo: { name: 'lockkeeper' },
  }));
  documents.onDidChangeContent(({ document }) => void show(connection, documents, options, document));
  documents.onDidClose(({ document: { uri } }) => void connection.sendDiagnostics({ uri, diagnostics: [] }));
  connection.onCodeAction((params) => quickFixes(params));
  documents.listen(connection);
  connection.listen();
  return new Promise((resolve) => {
    connection.onExit(resolve);
    input.on('end', resolve);
  });
}

/** Judges one document by its folder's history; an answer that came too late, because the text has changed since, is dropped. */
async function show(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  options: Omit<LintInput, 'paths'>,
  document: TextDocument,
): Promise<void> {
  const { uri, version } = document;
  const unsaved = new Map(documents.all().flatMap(textByPath));
  const diagnostics = await diagnose(options, document, unsaved).catch((error: unknown) => [failed(error)]);
  if (documents.get(uri)?.version === version) await connection.sendDiagnostics({ uri, version, diagnostics });
}

const textByPath = (document: TextDocument): readonly (readonly [string, string])[] =>
  document.uri.startsWith('file:') ? [[fileURLToPath(document.uri), document.getText()]] : [];

async function diagnose(
  options: Omit<LintInput, 'paths'>,
  document: TextDocument,
  unsaved: ReadonlyMap<string, string>,
): Promise<Diagnostic[]> {
  const { document: report } = await lint(inputFor(options, document, unsaved));
  return report.files.flatMap((file) => diagnosticsOf(file, document));
}

/** A document that is no file yet is judged by itself. */
function inputFor(
  options: Omit<LintInput, 'paths'>,
  document: TextDocument,
  unsaved: ReadonlyMap<string, string>,
): LintInput {
  if (!document.uri.startsWith('file:')) return { ...options, paths: [], text: document.getText() };
  const path = fileURLToPath(document.uri);
  const only = relative(options.cwd, path).split(sep).join('/');
  return { ...options, paths: [rootOf(path)], unsaved, only };
}

function diagnosticsOf({ findings, notices, error }: FileFindings, document: TextDocument): Diagnostic[] {
  const isSql = document.languageId === 'sql' || basename(document.uri).endsWith('.sql');
  return [
    ...findings.map((finding) => ({
      ...{ range: rangeOf(finding), severity: severities[finding.severity], source: 'lockkeeper', code: finding.rule },
      message: [finding.message, finding.blocks && `Blocks ${finding.blocks}.`, finding.why].filter(Boolean).join('\n'),
      ...(isSql && finding.fix !== null && { data: rewrite(finding, finding.fix, document) }),
    })),
    ...notices.map((notice) => ({
      ...{ range: rangeOf(notice), severity: DiagnosticSeverity.Hint, source: 'lockkeeper', message: notice.message },
    })),
    ...(error === null
      ? []
      : [
          {
            range: rangeOf({ ...error, endLine: error.line, endColumn: error.column }),
            severity: DiagnosticSeverity.Error,
            source: 'lockkeeper',
            message: error.message,
          },
        ]),
  ];
}

const rangeOf = ({ line, column, endLine, endColumn }: Place): Range => ({
  start: { line: line - 1, character: column - 1 },
  end: { line: endLine - 1, character: endColumn - 1 },
});

/** The statement with the semicolon that ends it, as the rewritten one has its own. */
function rewrite({ statement }: Finding, text: string, document: TextDocument): Rewrite {
  const { start, end } = rangeOf(statement);
  const after = /^\s*;/u.exec(document.getText().slice(document.offsetAt(end)));
  return { range: { start, end: document.positionAt(document.offsetAt(end) + (after?.[0].length ?? 0)) }, text };
}

function quickFixes({ textDocument: { uri }, context: { diagnostics } }: CodeActionParams): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const { range, text } = (diagnostic.data ?? {}) as Partial<Rewrite>;
    if (diagnostic.source !== 'lockkeeper' || range === undefined || text === undefined) return [];
    return [
      {
        ...{ title: `Write it safely (${String(diagnostic.code)})`, kind: CodeActionKind.QuickFix },
        diagnostics: [diagnostic],
        edit: { changes: { [uri]: [{ range, newText: text }] } },
      },
    ];
  });
}

/** Settings that can not be read and the like are shown where the user looks. */
const failed = (error: unknown): Diagnostic => ({
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  ...{ severity: DiagnosticSeverity.Error, source: 'lockkeeper' },
  message: error instanceof LockkeeperError ? `${error.message} ${error.hint}` : String(error),
});
