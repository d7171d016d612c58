import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintSql } from './lint.ts';
import type { Wrapping } from './rule.ts';

/** SQL with exactly the rules that find something in it. */
interface Case {
  readonly title: string;
  readonly finds: readonly string[];
  readonly schema: string;
  readonly sql: string;
  readonly pg: number | null;
  readonly transaction: Wrapping | null;
}

const folder = join(import.meta.dirname, 'cases');

/**
 * `--- rule x2, rule: title (file, pg 18)` begins a case, `safe` stands for no rule; what comes before `--- then` is there
 * already, and `--- also rule` names more of them.
 */
const casesOf = (file: string): readonly Case[] =>
  readFileSync(join(folder, file), 'utf8')
    .split(/^(?=--- [\w, -]+: )/mu)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const [, rules = '', title = '', settings = ''] = /^--- ([\w, -]+): ([^\n(]+)(?:\(([^)]*)\))?/u.exec(text) ?? [];
      const body = text.slice(text.indexOf('\n') + 1);
      const [before, after] = body.split(/^--- then\n/mu);
      const also = [...body.matchAll(/^--- also (.+)$/gmu)].flatMap(([, more = '']) => more.split(', '));
      const pg = /pg (\d+)/u.exec(settings)?.[1];
      return {
        title: title.trim(),
        finds: rules === 'safe' ? [] : [...rules.split(', '), ...also].sort(),
        schema: after === undefined ? '' : (before ?? ''),
        sql: after ?? before ?? '',
        pg: pg === undefined ? null : Number(pg),
        transaction: (/file|batch/u.exec(settings)?.[0] as Wrapping | undefined) ?? null,
      };
    });

/** `['a', 'a', 'b']` as `['a x2', 'b']`. */
const counted = (rules: readonly string[]): readonly string[] =>
  [...new Set(rules)].sort().map((rule) => {
    const times = rules.filter((other) => other === rule).length;
    return times === 1 ? rule : `${rule} x${String(times)}`;
  });

describe.each(readdirSync(folder))('%s', (file) => {
  it.each(casesOf(file))('$finds: $title', ({ finds, schema, sql, pg, transaction }) => {
    const { findings, error } = lintSql(sql, { schema, ...(pg && { pg }), ...(transaction && { transaction }) });
    expect(error).toBeNull();
    expect(counted(findings.map(({ rule }) => rule))).toEqual(finds);
  });
});
