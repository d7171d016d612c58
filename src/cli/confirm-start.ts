import type { Preview } from '../app/apply-migration.ts';
import { LockkeeperError } from '../errors.ts';
import { number } from '../report/numbers.ts';
import { columns, oneLine, wrap } from '../report/text.ts';
import { shellWord } from '../report/words.ts';
import type { Terminal } from './terminal.ts';

interface Start {
  readonly verb: 'apply' | 'rollback';
  /** Where the connection goes, as it was given. */
  readonly host: string;
  readonly yes: boolean;
}

/** Shows what would happen where, and asks, unless --yes answers; without a person to ask nothing starts. */
export const confirmStart =
  ({ err, interactive, confirm }: Terminal, { verb, host, yes }: Start) =>
  async (preview: Preview): Promise<boolean> => {
    err(renderPreview(preview, verb, host));
    if (yes || preview.phases.length === 0) return true;
    if (!interactive) throw nobodyToAsk(verb, preview.plan.migration);
    return confirm(verb === 'apply' ? 'Start?' : 'Roll back?');
  };

function renderPreview({ plan, target, phases, firstTime }: Preview, verb: Start['verb'], host: string): string {
  const start = verb === 'rollback' ? 'Roll back' : firstTime ? 'Apply' : 'Go on with';
  const tables = target.tables.map(({ table, rows }) => `${table} (${rows < 0 ? 'unknown' : number(rows)} rows)`);
  const facts = [
    ['host', host],
    ['database', target.database],
    ['user', target.user],
    ['server', `PostgreSQL ${target.serverVersion}`],
    ['phases', phases.join(' → ') || 'none: it is there already'],
  ];
  return [
    `${start} ${oneLine(plan.migration)}, plan ${plan.planHash.slice(0, 12)}`,
    columns(['', ''], facts),
    wrap(tables.join(', ') || 'none', '  tables    '),
  ].join('\n');
}

const nobodyToAsk = (verb: Start['verb'], migration: string) =>
  new LockkeeperError('NOT_CONFIRMED', {
    message: 'Nothing was started.',
    hint: 'The start has to be confirmed, and there is no terminal to ask at.',
    fix: `When what is shown above is right: lockkeeper ${verb} ${shellWord(migration)} --yes`,
  });

/** Contract wants more than a yes: the migration's name, typed. Without a terminal only an approval opens it. */
export const confirmContract =
  ({ interactive, ask, err }: Terminal, rest: () => void) =>
  async (migration: string): Promise<boolean> => {
    if (!interactive) return false;
    rest();
    err(`Contract archives the old shape of ${oneLine(migration)}: code that still uses it will fail.`);
    return (await ask('Type the migration’s name to go on:')) === migration;
  };
