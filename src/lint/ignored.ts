import { type Directive, directivesByStatement } from './directives.ts';
import type { Rule } from './rule.ts';
import { unknownIgnoredRule } from './rules/unknown-ignored-rule.ts';
import { unusedIgnore } from './rules/unused-ignore.ts';
import type { Found } from './run-section.ts';
import type { Statement } from './statement.ts';
import { nearest } from '../migration/nearest.ts';

/** What is left when comments have turned rules off, with what is wrong with the comments. */
export function withoutIgnored(
  found: readonly Found[],
  directives: readonly Directive[],
  {
    enabled,
    known,
    statements,
  }: { readonly enabled: readonly Rule[]; readonly known: readonly Rule[]; readonly statements: readonly Statement[] },
): readonly Found[] {
  if (directives.length === 0) return found;
  const directivesFor = directivesByStatement(directives);
  const used = new Map<Directive, Set<string>>();
  const kept = found.filter(({ rule, statement }) => {
    const silencing = directivesFor(statement).filter((directive) => silences(directive, rule.id));
    for (const directive of silencing) used.set(directive, (used.get(directive) ?? new Set()).add(rule.id));
    return silencing.length === 0;
  });
  const isOn = (id: string) => enabled.some((rule) => rule.id === id);
  const wrong = directives.flatMap((directive) => [
    ...complaints(
      directive,
      known.map((rule) => rule.id),
    ),
    ...unused(directive, isOn, (id) => used.get(directive)?.has(id) === true),
  ]);
  const statement = statements[0];
  const reported = wrong.flatMap(({ rule, directive, message }): readonly Found[] =>
    statement && isOn(rule.id)
      ? [{ rule, message, statement: directive.statement ?? statement, at: directive, fix: null }]
      : [],
  );
  return [...kept, ...reported];
}

/** Without rules it is for all of them, but only for a whole file. */
const silences = ({ rules, statement }: Directive, id: string): boolean =>
  rules.includes(id) || (statement === null && rules.length === 0);

interface Wrong {
  readonly rule: Rule;
  readonly directive: Directive;
  readonly message: string;
}

function complaints(directive: Directive, known: readonly string[]): readonly Wrong[] {
  if (directive.rules.length === 0 && (directive.statement !== null || directive.dangling))
    return [{ rule: unknownIgnoredRule, directive, message: 'This comment names no rule, so it turns none off.' }];
  return directive.rules
    .filter((id) => !known.includes(id))
    .map((id) => {
      const near = nearest(id, known);
      const meant = near === null ? '' : ` Is it ${near}?`;
      return {
        rule: unknownIgnoredRule,
        directive,
        message: `There is no rule ${id}, so this comment turns nothing off.${meant}`,
      };
    });
}

const unused = (directive: Directive, isOn: (id: string) => boolean, used: (id: string) => boolean): readonly Wrong[] =>
  directive.rules
    .filter((id) => isOn(id) && !used(id))
    .map((id) => ({ rule: unusedIgnore, directive, message: `${id} finds nothing here: this comment can go.` }));
