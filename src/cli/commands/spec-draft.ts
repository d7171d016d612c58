import { Command } from 'commander';
import { draftSpec } from '../../app/draft-spec.ts';
import { renderDraft } from '../../report/render-draft.ts';
import { notionAccess } from '../notion-access.ts';
import { openDeps } from '../open-deps.ts';
import { formatOf, type FormatFlags, withConnection, withExamples, withFormat, WORKSPACE } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { EXIT, type Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly workspace?: string; readonly out?: string };

export const specDraftCommand = (terminal: Terminal): Command =>
  withExamples(
    withFormat(
      withConnection(
        new Command('draft')
          .summary('draft the migration that a specification asks for, with open questions')
          .argument('<page>', 'a Markdown file, or a page of the workspace')
          .option('--out <file>', 'write the migration to this new file (default: print it)')
          .option(...WORKSPACE)
          .action(async (page: string, flags: Flags) => {
            const { deps } = await openDeps(terminal, flags);
            const { workspace, out } = flags;
            const draft = await draftSpec(deps, {
              cwd: terminal.cwd,
              page,
              notion: notionAccess(terminal),
              ...(workspace === undefined ? {} : { workspace }),
              ...(out === undefined ? {} : { out }),
            });
            if (formatOf(flags) === 'text' && out === undefined && draft.yaml !== null)
              terminal.out(draft.yaml.trimEnd());
            else print(terminal, flags, draft, renderDraft);
            if (draft.yaml === null || draft.unsupported.length) terminal.exit(EXIT.refused);
          }),
      ),
    ),
    [
      'spec draft docs/specs/user-preferences.md',
      'spec draft docs/specs/user-preferences.md --out migrations/user-preferences.yaml',
    ],
  );
