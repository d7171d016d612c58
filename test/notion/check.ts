import { ApiError } from './errors.ts';

/** What is wrong with a value that stands at a place of the request, in Notion's words; empty when nothing is. */
export type Check = (value: unknown, at: string) => readonly string[];

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 64 ? `${text.slice(0, 60)}...` : text;
};

const problem = (at: string, expected: string, value: unknown): string =>
  value === undefined
    ? `${at} should be defined, instead was \`undefined\`.`
    : `${at} should be ${expected}, instead was \`${shown(value)}\`.`;

const type =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value, at) =>
    test(value) ? [] : [problem(at, expected, value)];

const atMost = (length: number, max: number, at: string): readonly string[] =>
  length > max ? [`${at} should be ≤ \`${max}\`, instead was \`${length}\`.`] : [];

export const text =
  (max = Infinity, min = 0): Check =>
  (value, at) => {
    if (typeof value !== 'string') return [problem(at, 'a string', value)];
    if (value.length < min) return [`${at}.length should be ≥ \`${min}\`, instead was \`${value.length}\`.`];
    return atMost(value.length, max, `${at}.length`);
  };

const uuidPattern = /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/iu;

export const uuid = type('a valid uuid', (value) => typeof value === 'string' && uuidPattern.test(value));
export const boolean = type('a boolean', (value) => typeof value === 'boolean');
export const number = type('a number', (value) => typeof value === 'number' && Number.isFinite(value));
export const anything: Check = () => [];

export const integer =
  (min: number, max: number): Check =>
  (value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return [problem(at, 'an integer', value)];
    return value < min ? [`${at} should be ≥ \`${min}\`, instead was \`${value}\`.`] : atMost(value, max, at);
  };

/** ISO 8601, with a time or without. */
export const date = type(
  'a valid ISO 8601 date string',
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/u.test(value) &&
    !Number.isNaN(Date.parse(value)),
);

export const oneOf = (...values: readonly (string | boolean)[]): Check => {
  const names = values.map((value) => `\`${JSON.stringify(value)}\``);
  const expected = names.length > 1 ? `${names.slice(0, -1).join(', ')}, or ${names.at(-1)}` : names.join('');
  return type(expected, (value) => values.some((allowed) => allowed === value));
};

const orElse =
  (other: null | undefined) =>
  (check: Check): Check =>
  (value, at) =>
    value === other
      ? []
      : check(value, at).map((line) =>
          line.startsWith(`${at} should be a`) ? line.replace(', instead was', ` or \`${other}\`, instead was`) : line,
        );

export const orNull = orElse(null);
const optional = orElse(undefined);

export const list =
  (item: Check, max = 100, min = 0): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return [problem(at, 'an array', value)];
    if (value.length < min) return [`${at}.length should be ≥ \`${min}\`, instead was \`${value.length}\`.`];
    const tooMany = atMost(value.length, max, `${at}.length`);
    return tooMany.length ? tooMany : firstProblem(value.map((one, i) => () => item(one, `${at}[${i}]`)));
  };

export const entries =
  (item: Check): Check =>
  (value, at) =>
    isFields(value)
      ? firstProblem(
          Object.entries(value).map(
            ([key, one]) =>
              () =>
                item(one, `${at}.${key}`),
          ),
        )
      : [problem(at, 'an object', value)];

export type Members = Readonly<Record<string, Check>>;

/** Nothing else may be there. */
export const fields =
  (required: Members, others: Members = {}): Check =>
  (value, at) => {
    if (!isFields(value)) return [problem(at, 'an object', value)];
    const strange = Object.keys(value).find(
      (key) => !(key in required) && !(key in others) && value[key] !== undefined,
    );
    return firstProblem([
      ...Object.entries(required).map(
        ([key, check]) =>
          () =>
            check(value[key], `${at}.${key}`),
      ),
      ...Object.entries(others).map(
        ([key, check]) =>
          () =>
            optional(check)(value[key], `${at}.${key}`),
      ),
      ...(strange === undefined ? [] : [() => [absent(`${at}.${strange}`, value[strange])]]),
    ]);
  };

export const absent = (at: string, value: unknown): string =>
  `${at} should be not present, instead was \`${shown(value)}\`.`;

/** An object with one of the members, which says what it is; `type` may say so too. */
export const choice =
  (variants: Members, others: Members = {}, typed = true): Check =>
  (value, at) => {
    if (!isFields(value)) return [problem(at, 'an object', value)];
    const given = Object.keys(variants).filter((key) => value[key] !== undefined);
    const said = typed && typeof value['type'] === 'string' && value['type'] in variants ? value['type'] : given[0];
    if (said === undefined) return Object.keys(variants).map((key) => problem(`${at}.${key}`, '', undefined));
    const check = variants[said] ?? anything;
    return fields({ [said]: check }, { ...others, ...(typed ? { type: oneOf(said) } : {}) })(value, at);
  };

function firstProblem(checks: readonly (() => readonly string[])[]): readonly string[] {
  for (const check of checks) {
    const problems = check();
    if (problems.length) return problems;
  }
  return [];
}

/** Throws what the API says about a request that is wrong. */
export function expectValid(check: Check, value: unknown, part: 'body' | 'query' | 'path'): void {
  const problems = check(value, part);
  if (!problems.length) return;
  const how = problems.length === 1 ? `: ${problems.join('')}` : `. Fix one:\n${problems.join('\n')}`;
  throw new ApiError(400, 'validation_error', `${part} failed validation${how}`);
}
