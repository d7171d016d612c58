import { byName, isRuby, type Runner } from './runner.ts';

const migration = /<\s*ActiveRecord::Migration\b/u;

/** `db/migrate/*.rb`, each in a transaction unless it says `disable_ddl_transaction!`. */
export const rails: Runner = {
  name: 'Rails',
  detect: ({ texts }) => [...texts].some(([path, text]) => isRuby(path) && migration.test(text)),
  read: async (path, text, { loadRuby }) => {
    if (!isRuby(path) || !migration.test(text)) return null;
    const [parse, { readRuby }, { railsSteps }, { asRead }] = await Promise.all([
      loadRuby(),
      import('./script/ruby.ts'),
      import('./script/rails-steps.ts'),
      import('./script/steps.ts'),
    ]);
    const script = readRuby(text, parse(text));
    const bare = script.calls.some(({ name }) => name === 'disable_ddl_transaction!');
    return asRead(text, script, railsSteps(script), { language: 'Ruby', bare });
  },
  order: byName,
  wrapping: 'file',
};
