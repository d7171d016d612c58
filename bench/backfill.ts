import { benchColumnMapping, showColumnMapping } from './column-mapping.ts';
import { readOptions, say } from './options.ts';
import { startBench } from './server.ts';
import { benchTableMapping, showTableMapping } from './table-mapping.ts';

/** How fast existing rows are copied, against the limit and against what people do instead. See README.md. */
const options = readOptions({ rows: 1_000_000, rounds: 5, batches: 20 });
const bench = await startBench(options.rows);
try {
  say('Table mapping');
  const tableMapping = await benchTableMapping(bench, options);
  say('Column mapping');
  const columnMapping = await benchColumnMapping(bench, options);
  const { rows, rounds } = options;
  console.log(
    options.json
      ? JSON.stringify(
          { benchmark: 'backfill', serverVersion: bench.version, rows, rounds, tableMapping, columnMapping },
          null,
          2,
        )
      : `${showTableMapping(tableMapping)}\n\n${showColumnMapping(columnMapping)}`,
  );
} finally {
  await bench.stop();
}
