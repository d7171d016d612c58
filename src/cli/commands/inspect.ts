import { Command } from 'commander';
import type { Deps } from '../../app/deps.ts';
import { inspect } from '../../app/inspect.ts';
import { LockkeeperError } from '../../errors.ts';
import { type InspectDocument, renderInspect } from '../../report/inspect.ts';
import { usage } from '../errors.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, formatOf, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { mayShowValues } from '../show-values.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly yaml?: true; readonly showValues?: true };

export const inspectCommand = (terminal: Terminal): Command => {
  const command = new Command('inspect')
    .summary('show a table or a column: schema, sizes, who uses it; for JSON also its structure')
    .argument('<table[.column]>', 'such as users, app.users or users.preferences')
    .option('--yaml', 'print only a draft of the migration that moves a JSON column into tables')
    .option('--show-values', 'also show values of rows, to this terminal only')
    .action(async (what: string, flags: Flags) => {
      const showValues = mayShowValues(terminal, flags);
      if (flags.yaml && formatOf(flags) === 'json') throw yamlAndJson();
      const { deps } = await openDeps(terminal, flags);
      const found = await inspectNamed(deps, what, showValues);
      if (!flags.yaml) return print(terminal, flags, found, renderInspect);
      if (found.draft === null) throw nothingToDraft(what);
      terminal.out(found.draft.trimEnd());
    });
  return withExamples(withFormat(withConnection(command)), [
    'inspect users',
    'inspect users.preferences --yaml > migrations/user-preferences.yaml',
  ]);
};

/** `a.b` is a table in a schema when there is such a table, else a column of a table. */
async function inspectNamed(deps: Deps, what: string, showValues: boolean): Promise<InspectDocument> {
  const dot = what.lastIndexOf('.');
  if (dot <= 0) return inspect(deps, { table: what, showValues });
  try {
    return await inspect(deps, { table: what, showValues });
  } catch (error) {
    if (!(error instanceof LockkeeperError) || error.code !== 'TABLE_NOT_FOUND') throw error;
    return inspect(deps, { table: what.slice(0, dot), column: what.slice(dot + 1), showValues });
  }
}

const yamlAndJson = () =>
  usage('--yaml prints YAML, and --json asks for JSON.', 'Give one of the two: with --json, `draft` holds the YAML.');

const nothingToDraft = (what: string) =>
  usage(
    `There is nothing to draft for ${what}.`,
    'Name a column that holds JSON objects, such as users.preferences.',
    'A draft is made from the keys that are found in a JSON column.',
  );
