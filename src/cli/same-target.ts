import { shellWord } from '../report/words.ts';
import type { Terminal } from './terminal.ts';

/** What says where a command works. A connection string, there or in place of a name, is not repeated: it may hold a password. */
const places = ['--target', '--config', '--journal-schema'];

const suggested =
  /\blockkeeper (?:(?:quarantine|archive) [a-z]+|apply|approve|expect|inspect|pause|plan|reads|resume|rollback|status|tune|verify)\b(?! --(?:target|help))/gu;

/** Commands that are suggested to people name the same database as the one that suggests them: typed as printed, they work there. */
export function withSameTarget(argv: readonly string[], terminal: Terminal): Terminal {
  const flags = places.flatMap((flag) => {
    const value = valueOf(flag, argv);
    return value === undefined || value.includes('://') ? [] : [`${flag} ${shellWord(value)}`];
  });
  if (!flags.length) return terminal;
  const completed = (text: string) => text.replaceAll(suggested, (command) => [command, ...flags].join(' '));
  const { out, err } = terminal;
  const isForPrograms = argv.some((word) => word === '--json' || word.startsWith('--format'));
  return {
    ...terminal,
    err: (text) => {
      err(completed(text));
    },
    out: isForPrograms
      ? out
      : (text) => {
          out(completed(text));
        },
  };
}

/** `--target name` and `--target=name`; of several, the last counts. */
function valueOf(flag: string, argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  return argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1);
}
