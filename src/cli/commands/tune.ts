import { Command } from 'commander';
import { tune } from '../../app/control.ts';
import type { Settings } from '../../journal/journal.ts';
import { usage } from '../errors.ts';
import { openDeps } from '../open-deps.ts';
import {
  durationMs,
  type FormatFlags,
  integer,
  MIGRATION,
  orNone,
  withConnection,
  withExamples,
  withFormat,
} from '../options.ts';
import { print } from '../print.ts';
import { renderSettings } from '../render-settings.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

export const tuneCommand = (terminal: Terminal): Command => {
  const command = new Command('tune')
    .summary('change how fast a backfill goes, while it runs')
    .argument(...MIGRATION)
    .option('--workers <n>', 'sessions that copy at once', integer(1, 64))
    .option('--chunk-ms <n>', 'how long one chunk should take', integer(1, 60_000))
    .option('--max-rows-per-second <n>', 'a number, or none', orNone(integer(1)))
    .option('--max-replica-lag <duration>', 'wait while a standby is further behind', durationMs)
    .option('--max-wal-bytes-per-second <n>', 'a number, or none', orNone(integer(1)))
    .option(
      '--max-transaction-age <duration>',
      'wait while a transaction is older; none for no limit',
      orNone(durationMs),
    )
    .action(async (migration: string, flags: FormatFlags & ConnectionFlags & TuneFlags) => {
      const settings = settingsFrom(flags);
      if (!Object.keys(settings).length)
        throw usage('There is nothing to change.', 'Name a setting: lockkeeper tune --help', 'No setting was given.');
      const { deps } = await openDeps(terminal, flags);
      print(terminal, flags, await tune(deps, { migration, settings }), renderSettings);
    });
  return withExamples(withFormat(withConnection(command)), [
    'tune user-preferences --workers 4',
    'tune user-preferences --max-rows-per-second none --max-replica-lag 10s',
  ]);
};

interface TuneFlags {
  readonly workers?: number;
  readonly chunkMs?: number;
  readonly maxRowsPerSecond?: number;
  readonly maxReplicaLag?: number;
  readonly maxWalBytesPerSecond?: number;
  readonly maxTransactionAge?: number;
}

const settingsFrom = (flags: TuneFlags): Settings => ({
  ...(flags.workers !== undefined && { workers: flags.workers }),
  ...(flags.chunkMs !== undefined && { chunkMs: flags.chunkMs }),
  ...(flags.maxRowsPerSecond !== undefined && { maxRowsPerSecond: limit(flags.maxRowsPerSecond) }),
  ...(flags.maxReplicaLag !== undefined && { maxReplicaLagMs: flags.maxReplicaLag }),
  ...(flags.maxWalBytesPerSecond !== undefined && { maxWalBytesPerSecond: limit(flags.maxWalBytesPerSecond) }),
  ...(flags.maxTransactionAge !== undefined && { maxTransactionAgeMs: limit(flags.maxTransactionAge) }),
});

const limit = (value: number): number | null => (Number.isFinite(value) ? value : null);
