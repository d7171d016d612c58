import type { Rule } from './rule.ts';
import { unknownIgnoredRule } from './rules/unknown-ignored-rule.ts';
import { unusedIgnore } from './rules/unused-ignore.ts';

/** Every rule, by its name. */
export const rules: readonly Rule[] = [unknownIgnoredRule, unusedIgnore];
