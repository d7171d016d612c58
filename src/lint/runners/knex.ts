import { byName, isJavaScript, type Runner } from './runner.ts';
import { isFalse, type Script } from './script/value.ts';

/** Scripts with `up(knex)`: SQL in knex.raw(), and what the schema builder is told. */
export const knex: Runner = {
  name: 'Knex',
  detect: ({ texts }) =>
    [...texts].some(([path, text]) => isJavaScript(path) && /\bknex\b/iu.test(text) && /\bup\b/u.test(text)),
  read: async (path, text) => {
    if (!isJavaScript(path) || !/\bup\b/u.test(text)) return null;
    const [{ readJavaScript }, { knexSteps }, { asRead }] = await Promise.all([
      import('./script/javascript.ts'),
      import('./script/knex-steps.ts'),
      import('./script/steps.ts'),
    ]);
    const script = readJavaScript(text);
    return asRead(text, script, knexSteps(script), { language: 'JavaScript', bare: isBare(script) });
  },
  order: byName,
  wrapping: 'file',
};

/** `export const config = { transaction: false }` */
function isBare({ assigned }: Script): boolean {
  const config = assigned.get('config');
  return config?.kind === 'map' && isFalse(config.entries.get('transaction'));
}
