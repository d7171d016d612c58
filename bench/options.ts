import { parseArgs } from 'node:util';

/** Reads `--name number` for each default, and `--json`. */
export function readOptions<Name extends string>(defaults: Readonly<Record<Name, number>>) {
  const names = Object.keys(defaults) as Name[];
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const numbers = Object.fromEntries(names.map((name) => [name, Number(given[name] ?? defaults[name])]));
  for (const name of names)
    if (!Number.isInteger(numbers[name]) || (numbers[name] ?? 0) < 1)
      throw new Error(`--${name} takes a whole number from 1.`);
  return { ...(numbers as Record<Name, number>), json: given['json'] === true };
}

/** Progress goes to stderr: stdout holds the result alone. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);
