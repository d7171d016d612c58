import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { rules } from '../src/lint/registry.ts';
import type { Example, Rule } from '../src/lint/rule.ts';

const folder = new URL('../docs/rules/', import.meta.url);

const sql = (example: string | Example): string => {
  const { sql: text, pg, transaction, schema } = typeof example === 'string' ? { sql: example } : example;
  const known = [
    pg === undefined ? null : `-- PostgreSQL ${pg}`,
    transaction === 'file' ? '-- the runner sends the file in one transaction' : null,
    transaction === 'batch' ? '-- the runner sends the file as one string' : null,
    schema === undefined ? null : `-- there is already: ${schema.trim().replaceAll(/\s+/gu, ' ')}`,
  ];
  return [...known.filter((line) => line !== null), `${dedented(text.trim()).replace(/;$/u, '')};`].join('\n');
};

/** Without the indentation that the lines after the first have in common. */
function dedented(text: string): string {
  const indents = [...text.matchAll(/\n([ \t]*)\S/gu)].map(([, indent = '']) => indent.length);
  return indents.length === 0 ? text : text.replaceAll(new RegExp(`\\n[ \\t]{${Math.min(...indents)}}`, 'gu'), '\n');
}

const block = (examples: Rule['bad']): string => `\`\`\`sql\n${examples.map(sql).join('\n\n')}\n\`\`\``;

const pageOf = ({ id, severity, optIn, summary, why, lock, blocks, versions, bad, good }: Rule): string =>
  [
    `# ${id}`,
    `${summary}`,
    `Severity: ${severity}${optIn ? ', off unless it is enabled' : ''}.${lock === null ? '' : ` Lock: ${lock}.`}${blocks === null ? '' : ` It blocks ${blocks}.`}`,
    why,
    versions === undefined ? null : `Versions: ${versions}`,
    '## Found',
    block(bad),
    '## Allowed',
    block(good),
    `Turn it off for a statement with \`-- lockkeeper:ignore ${id} why\` before it. [All rules](README.md)`,
  ]
    .filter((part) => part !== null)
    .join('\n\n');

const listOf = (list: readonly Rule[]): string =>
  [
    '| rule | severity | what it finds |',
    '| --- | --- | --- |',
    ...list.map(
      ({ id, severity, summary }) => `| [${id}](${id}.md) | ${severity} | ${summary.replaceAll('|', '\\|')} |`,
    ),
  ].join('\n');

const overview = (): string =>
  [
    '# Rules',
    'Written from the rules themselves; their examples are their tests. `lockkeeper lint --explain RULE` prints the same.',
    '## On',
    listOf(rules.filter(({ optIn }) => !optIn)),
    '## Off unless they are enabled',
    listOf(rules.filter(({ optIn }) => optIn)),
  ].join('\n\n');

/** The pages under docs/rules, by file name. */
export async function rulePages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([['README.md', overview()], ...rules.map((rule) => [`${rule.id}.md`, pageOf(rule)] as const)]);
  const written = await Promise.all(
    [...pages].map(
      async ([name, page]) =>
        [name, await format(page, { parser: 'markdown', singleQuote: true, printWidth: 120 })] as const,
    ),
  );
  return new Map(written);
}

/** Writes them, and takes away those of rules that are gone. */
export async function writeRulePages(): Promise<void> {
  const pages = await rulePages();
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!pages.has(name)) await rm(new URL(name, folder));
  for (const [name, page] of pages) await writeFile(new URL(name, folder), page);
}
