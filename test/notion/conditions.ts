import type { Fields } from './check.ts';
import { invalid } from './errors.ts';

function operator(
  condition: Fields,
  isEmpty: boolean,
): { readonly name: string; readonly value: unknown; readonly decided: boolean | null } {
  const [name = '', value] = Object.entries(condition)[0] ?? [];
  const decided = name === 'is_empty' ? isEmpty : name === 'is_not_empty' ? !isEmpty : null;
  return { name, value, decided };
}

export function textTest(condition: Fields): (text: string) => boolean {
  return (text) => {
    const { name, value, decided } = operator(condition, text === '');
    const [here, wanted] = [text.toLowerCase(), String(value).toLowerCase()];
    const tests: Readonly<Record<string, boolean>> = {
      equals: here === wanted,
      does_not_equal: here !== wanted,
      contains: here.includes(wanted),
      does_not_contain: !here.includes(wanted),
      starts_with: here.startsWith(wanted),
      ends_with: here.endsWith(wanted),
    };
    return decided ?? known(tests[name], name);
  };
}

function known<T>(result: T | undefined, operatorName: string): T {
  if (result === undefined) throw invalid(`body failed validation: body.filter has no condition \`${operatorName}\`.`);
  return result;
}

/** A list that holds one of the names, or none of them. */
function namesTest(condition: Fields, positive: string, negative: string): (names: readonly unknown[]) => boolean {
  return (names) => {
    const { name, value, decided } = operator(condition, !names.length);
    const wanted = (Array.isArray(value) ? value : [value]) as readonly unknown[];
    const holds = wanted.some((one) => names.includes(one));
    return decided ?? known({ [positive]: holds, [negative]: !holds }[name], name);
  };
}

export function numberTest(condition: Fields): (value: unknown) => boolean {
  return (value) => {
    const { name, value: wanted, decided } = operator(condition, value === null);
    if (decided !== null) return decided;
    if (typeof value !== 'number') return name === 'does_not_equal';
    return comparison(name, value, Number(wanted), {
      ...{ greater_than: '>', less_than: '<', greater_than_or_equal_to: '>=', less_than_or_equal_to: '<=' },
    });
  };
}

const days: Readonly<Record<string, number>> = {
  ...{ today: 0, tomorrow: 1, yesterday: -1, one_week_ago: -7, one_week_from_now: 7 },
  ...{ one_month_ago: -30, one_month_from_now: 30 },
};

/** Of dates as the API shows them. */
export function dateTest(condition: Fields, now: () => number): (value: unknown) => boolean {
  return (value) => {
    const { name, value: wanted, decided } = operator(condition, value === null);
    if (decided !== null) return decided;
    if (typeof value !== 'string') return false;
    const day = typeof wanted === 'string' ? days[wanted] : undefined;
    const then = day === undefined ? String(wanted) : new Date(now() + day * 86_400_000).toISOString().slice(0, 10);
    const length = Math.min(value.length, then.length);
    const cut = (date: string): number => Date.parse(length <= 10 ? date.slice(0, 10) : date);
    return comparison(name, cut(value), cut(then), { after: '>', before: '<', on_or_after: '>=', on_or_before: '<=' });
  };
}

function comparison(
  name: string,
  a: number,
  b: number,
  symbols: Readonly<Record<string, '>' | '<' | '>=' | '<='>>,
): boolean {
  if (name === 'equals') return a === b;
  if (name === 'does_not_equal') return a !== b;
  const results = { '>': a > b, '<': a < b, '>=': a >= b, '<=': a <= b };
  return results[known(symbols[name], name)];
}

export const listTest = (condition: Fields) => namesTest(condition, 'contains', 'does_not_contain');
export const optionTest = (condition: Fields) => namesTest(condition, 'equals', 'does_not_equal');

export const checkboxTest =
  (condition: Fields) =>
  (value: unknown): boolean => {
    const { name, value: wanted } = operator(condition, false);
    return known({ equals: value === wanted, does_not_equal: value !== wanted }[name], name);
  };
