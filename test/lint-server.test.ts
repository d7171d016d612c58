import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CodeActionRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { spawnCli } from './support/cli.ts';

let cwd = '';
let client: ProtocolConnection;
let child: ReturnType<typeof spawnCli>;
const heard: PublishDiagnosticsParams[] = [];
let listening: () => void = () => undefined;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-lsp-'));
  heard.length = 0;
  child = spawnCli(['lint', '--lsp', '--pg', '16'], { cwd });
  client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  client.onNotification(PublishDiagnosticsNotification.type, (params) => {
    heard.push(params);
    listening();
  });
  client.listen();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the protocol's types ask for it
  await client.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
  await client.sendNotification(InitializedNotification.type, {});
});

afterEach(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await client.sendRequest(ShutdownRequest.type);
  await client.sendNotification(ExitNotification.type);
  expect(await ended).toBe(0);
  client.dispose();
  await rm(cwd, { recursive: true });
});

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const placeOf = ([first]: Diagnostic[]) => first?.range ?? nowhere;

const uriOf = (name: string) => pathToFileURL(join(cwd, name)).href;

/** What is said of a version of a document. */
async function diagnosticsOf(uri: string, version: number): Promise<Diagnostic[]> {
  for (;;) {
    const found = heard.find((params) => params.uri === uri && params.version === version);
    if (found) return found.diagnostics;
    await new Promise<void>((resolve) => (listening = resolve));
  }
}

async function open(name: string, text: string, languageId = 'sql') {
  const uri = name.includes(':') ? name : uriOf(name);
  await client.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId, version: 1, text },
  });
  return { uri, diagnostics: await diagnosticsOf(uri, 1) };
}

it('shows what is dangerous while it is typed, and rewrites it', async () => {
  const text = "-- é😀\nSELECT 'é😀'; CREATE INDEX i ON orders (day) ;\nSELECT 1;\n";
  const { uri, diagnostics } = await open('1.sql', text);
  expect(diagnostics).toMatchObject([
    {
      code: 'create-index-non-concurrent',
      severity: 1,
      source: 'lockkeeper',
      range: { start: { line: 1, character: 14 }, end: { line: 1, character: 44 } },
    },
  ]);
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range: placeOf(diagnostics),
    context: { diagnostics },
  });
  const [action] = actions ?? [];
  const edits = action && 'edit' in action ? (action.edit.changes?.[uri] ?? []) : [];
  const fixed = TextDocument.applyEdits(TextDocument.create(uri, 'sql', 1, text), edits);
  expect(fixed).toContain("SELECT 'é😀'; ");
  expect(fixed).toMatch(/CREATE INDEX CONCURRENTLY i ON orders \(day\);\nSELECT 1;\n$/u);

  await client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text: fixed }],
  });
  expect(await diagnosticsOf(uri, 2)).toEqual([]);
  await client.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
});

it('judges a file by those before it, as they are in the editor', async () => {
  await writeFile(join(cwd, '1.sql'), 'CREATE TABLE a (name varchar(10))');
  const widened = 'ALTER TABLE a ALTER name TYPE varchar(20)';
  const { uri, diagnostics } = await open('2.sql', widened);
  expect(diagnostics).toEqual([]);
  await open('1.sql', 'CREATE TABLE a (name int)');
  await client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text: `${widened};` }],
  });
  expect(await diagnosticsOf(uri, 2)).toMatchObject([{ code: 'alter-column-type' }]);
});

it('says what is no SQL, and what it could not read of a script; offers nothing there', async () => {
  expect((await open('1.sql', 'SELEC 1')).diagnostics).toMatchObject([
    { severity: 1, message: expect.stringContaining('syntax error') as string },
  ]);
  const script = "exports.up = (pgm) => {\n  pgm.createIndex('a', 'b');\n  pgm.sql(text);\n};\n";
  const { uri, diagnostics } = await open('2.js', script, 'javascript');
  expect(diagnostics).toMatchObject([
    { code: 'create-index-non-concurrent', range: { start: { line: 1, character: 2 } } },
    { severity: 4, range: { start: { line: 2, character: 10 } } },
  ]);
  const context = { diagnostics };
  const range = placeOf(diagnostics);
  expect(await client.sendRequest(CodeActionRequest.type, { textDocument: { uri }, range, context })).toEqual([]);
});

it('judges what is no file yet, and shows settings that are wrong', async () => {
  expect((await open('untitled:1', 'DROP TABLE a')).diagnostics).toMatchObject([{ code: 'drop-table' }]);
  await writeFile(join(cwd, 'lockkeeper.yaml'), 'lint: { rules: { nonsense: off } }');
  expect((await open('untitled:2', 'DROP TABLE a')).diagnostics).toMatchObject([
    { message: expect.stringContaining('nonsense') as string },
  ]);
});
