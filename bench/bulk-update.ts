import { flagshipFile, productOn } from './product.ts';
import { readOptions } from './options.ts';
import { startBench, timed } from './server.ts';

/** One UPDATE of many rows, without our triggers, with capture, and with direct sync. See README.md. */
const { rows, rounds, json } = readOptions({ rows: 100_000, rounds: 3 });

const bench = await startBench(rows);
const { path, remove } = await flagshipFile('backfill: { workers: 2 }');
try {
  const product = productOn(bench, path);
  const statements = {
    document: (round: number) =>
      `UPDATE users SET preferences = CASE WHEN jsonb_typeof(preferences) = 'object' THEN preferences ELSE '{}' END || '{"theme": "round ${round}"}'`,
    'another column': (round: number) => `UPDATE users SET name = 'round ${round}'`,
  };
  const measure = async (round: number): Promise<Record<string, number>> => {
    const ms: Record<string, number> = {};
    for (const [what, statement] of Object.entries(statements)) {
      await bench.run('VACUUM ANALYZE users');
      await bench.run('CHECKPOINT');
      ms[what] = Math.round(await timed(() => bench.run(statement(round))));
    }
    return ms;
  };
  const result: Record<string, Record<string, number>[]> = { 'no triggers': [], capture: [], direct: [] };
  for (let round = 1; round <= rounds; round++) result['no triggers']?.push(await measure(round));
  await product.apply('expand');
  result['capture']?.push(await measure(100));
  await product.apply('dual-write');
  for (let round = 1; round <= rounds; round++) result['direct']?.push(await measure(200 + round));
  const median = (name: string, what: string) =>
    (result[name] ?? []).map((r) => r[what] ?? NaN).sort((a, b) => a - b)[
      Math.floor((result[name] ?? []).length / 2)
    ] ?? NaN;
  const ratios = Object.keys(statements).map(
    (what) =>
      `${what}: ${(median('capture', what) / median('no triggers', what)).toFixed(1)} times with capture, ${(median('direct', what) / median('no triggers', what)).toFixed(1)} times with direct sync`,
  );
  console.log(json ? JSON.stringify({ benchmark: 'bulk-update', rows, rounds, result }, null, 2) : ratios.join('\n'));
} finally {
  await bench.stop();
  await remove();
}
