import { Command } from 'commander';
import { findSpecs, type FoundSpecs, readSpec } from '../../app/read-spec.ts';
import { renderRequirements } from '../../report/render-requirements.ts';
import { oneLine } from '../../report/text.ts';
import { usage } from '../errors.ts';
import { type FormatFlags, withExamples, withFormat, WORKSPACE } from '../options.ts';
import { notionAccess } from '../notion-access.ts';
import { print } from '../print.ts';
import { specDraftCommand } from './spec-draft.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import { publishCommand, updateCommand } from './spec-publish.ts';

type Flags = FormatFlags & { readonly workspace?: string };

export const specCommand = (terminal: Terminal): Command =>
  withExamples(
    new Command('spec')
      .summary('find a specification, read what it asks for, draft its migration, and publish its plan and tasks')
      .addCommand(findCommand(terminal))
      .addCommand(readCommand(terminal))
      .addCommand(specDraftCommand(terminal))
      .addCommand(publishCommand(terminal))
      .addCommand(updateCommand(terminal)),
    [
      'spec find "user preferences"',
      'spec read docs/specs/user-preferences.md',
      'spec draft docs/specs/user-preferences.md --out migrations/user-preferences.yaml',
      'spec publish user-preferences --spec docs/specs/user-preferences.md',
    ],
  );

const findCommand = (terminal: Terminal): Command =>
  withExamples(
    withFormat(
      new Command('find')
        .summary('find a specification by words')
        .argument('<words>', 'words of its title or text')
        .option(...WORKSPACE)
        .action(async (query: string, flags: Flags) => {
          const found = await findSpecs({
            cwd: terminal.cwd,
            query,
            notion: notionAccess(terminal),
            ...workspaceOf(flags),
          });
          const chosen = await choose(terminal, flags, found);
          print(terminal, flags, chosen, renderFound);
          if (chosen.pages.length !== 1) terminal.exit(EXIT.usage);
        }),
    ),
    ['spec find "user preferences"', 'spec find preferences --workspace files:docs/'],
  );

const readCommand = (terminal: Terminal): Command =>
  withExamples(
    withFormat(
      new Command('read')
        .summary('say what a specification asks for, with the line of each fact')
        .argument('<page>', 'a Markdown file, or a page of the workspace: its path, or its address or id in Notion')
        .option(...WORKSPACE)
        .action(async (page: string, flags: Flags) => {
          const found = await readSpec({
            cwd: terminal.cwd,
            page,
            notion: notionAccess(terminal),
            ...workspaceOf(flags),
          });
          print(terminal, flags, found, renderRequirements);
        }),
    ),
    ['spec read docs/specs/user-preferences.md', 'spec read specs/user-preferences.md --json'],
  );

const workspaceOf = ({ workspace }: Flags) => (workspace === undefined ? {} : { workspace });

/** Which one is meant is asked, never guessed. */
async function choose(terminal: Terminal, { format, json }: Flags, found: FoundSpecs): Promise<FoundSpecs> {
  if (found.pages.length < 2 || !terminal.interactive || json || format === 'json') return found;
  terminal.err(found.pages.map(({ title, ref }, i) => oneLine(`${i + 1}. ${title} (${ref})`)).join('\n'));
  const answer = await terminal.ask(`Which one (1 to ${found.pages.length})?`);
  const page = found.pages[Number(answer) - 1];
  if (!page) throw usage(`"${answer}" is none of them.`, `Give a number from 1 to ${found.pages.length}.`);
  return { ...found, pages: [page] };
}

const renderFound = ({ pages, workspace, query }: FoundSpecs): string => {
  if (!pages.length) return oneLine(`Nothing in ${workspace} has the words “${query}”.`);
  const lines = pages.map(({ title, ref, found }) =>
    oneLine(`${ref}: ${title}${found === 'text' ? ' (in the text)' : ''}`),
  );
  return [...lines, ...(pages.length > 1 ? ['Several fit: name one of them.'] : [])].join('\n');
};
