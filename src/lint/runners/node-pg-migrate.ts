import { between, byName, isJavaScript, isSql, only, type Runner } from './runner.ts';

const up = /^\s*--[\s-]*up\s+migration[^\n]*$/imu;
const down = /^\s*--[\s-]*down\s+migration/imu;

/** SQL files with `-- Up Migration` and `-- Down Migration`, or scripts that call methods of `pgm`. */
export const nodePgMigrate: Runner = {
  name: 'node-pg-migrate',
  detect: ({ texts }) =>
    [...texts].some(([path, text]) =>
      isSql(path) ? up.test(text) : isJavaScript(path) && (/\bpgm\./u.test(text) || text.includes('node-pg-migrate')),
    ),
  read: async (path, text) => {
    if (isSql(path)) {
      const part = between(text, up, down);
      return { text: part ? only(text, part) : text };
    }
    if (!isJavaScript(path) || !/\bup\b/u.test(text)) return null;
    const [{ readJavaScript }, { isBare, nodePgMigrateSteps }, { asRead }] = await Promise.all([
      import('./script/javascript.ts'),
      import('./script/node-pg-migrate-steps.ts'),
      import('./script/steps.ts'),
    ]);
    const script = readJavaScript(text);
    return asRead(text, script, nodePgMigrateSteps(script), { language: 'JavaScript', bare: isBare(script) });
  },
  order: byName,
  wrapping: 'file',
};
