import { Command } from 'commander';
import { validate, type ValidateResult } from '../../app/validate.ts';
import { problemLine } from '../../migration/problem.ts';
import { oneLine, type Paint } from '../../report/text.ts';
import { plural, shellWord } from '../../report/words.ts';
import { type FormatFlags, MIGRATION, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import { EXIT, type Terminal } from '../terminal.ts';

export const validateCommand = (terminal: Terminal): Command => {
  const command = new Command('validate')
    .summary('say whether a migration is well written; needs no database')
    .argument(...MIGRATION)
    .action(async (migration: string, flags: FormatFlags) => {
      const result = await validate({ cwd: terminal.cwd, migration });
      print(terminal, flags, result, renderValidation);
      if (!result.ok) terminal.exit(EXIT.usage);
    });
  return withExamples(withFormat(command), [
    'validate user-preferences',
    'validate migrations/user-preferences.yaml --json',
  ]);
};

const renderValidation = ({ ok, name, operations, problems }: ValidateResult, paint: Paint): string =>
  ok
    ? `${paint.green(`${oneLine(name ?? '')} is well written: ${operations.join(', ')}.`)}\nNext: lockkeeper plan ${shellWord(name ?? '')}`
    : [
        ...problems.map((problem) => oneLine(problemLine(problem))),
        paint.red(`${plural(problems.length, 'mistake')}.`),
      ].join('\n');
