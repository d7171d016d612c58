import { execFile } from 'node:child_process';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tune } from '../src/app/control.ts';
import type { Event } from '../src/events.ts';
import { raw, sql } from '../src/sql/sql.ts';
import { untilTrue } from './support/client.ts';
import { asApplication } from './support/as-application.ts';
import { migrate } from './support/example.ts';
import { copyData, withServer, type OwnServer } from './support/server.ts';

const migration = 'examples/extract-json/migration.yaml';
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users SELECT i, repeat('x', 100), '{"theme": "light"}' FROM generate_series(1, 60000) AS i`;

/** A standby made of a copy of the primary's running data folder. */
const withStandby = (primary: OwnServer, work: (standby: OwnServer) => Promise<void>): Promise<void> =>
  withServer(
    {
      password: primary.password,
      settings: [
        `primary_conninfo=host=127.0.0.1 port=${primary.port} user=postgres password=${primary.password} application_name=standby`,
        'hot_standby=on',
        'wal_receiver_status_interval=1s',
      ],
      prepare: async ({ data, account }) => {
        const session = await primary.connect('executor', 'backup');
        try {
          await session.execute(sql`SELECT pg_backup_start('standby', true)`);
          await copyData(primary.cluster.data, data);
          const [backup] = await session.query<{ label: string }>(sql`SELECT labelfile AS label FROM pg_backup_stop()`);
          await writeFile(join(data, 'backup_label'), backup?.label ?? '');
          await writeFile(join(data, 'standby.signal'), '');
        } finally {
          await session.close();
        }
        if (account.uid !== undefined && account.gid !== undefined) {
          await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, data]);
          await chown(data, account.uid, account.gid);
        }
        await promisify(execFile)('chmod', ['700', data]);
        await rm(join(data, 'postmaster.pid'), { force: true });
      },
    },
    work,
  );

it(
  'a backfill pauses while a standby is behind, and goes on when it has caught up; a standby itself is refused',
  { timeout: 180_000 },
  () =>
    withServer({ settings: ['fsync=off', 'wal_keep_size=512MB', 'max_wal_senders=4'] }, async (primary) => {
      const session = await asApplication(primary.connect)('executor', 'tests');
      await session.execute(raw(before));
      await withStandby(primary, async (standby) => {
        await untilTrue(primary.url(), `SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')`);
        await expect(migrate(standby.connect, migration).apply('expand')).rejects.toMatchObject({ code: 'STANDBY' });

        const progress: Extract<Event, { type: 'backfill.progressed' }>[] = [];
        const m = migrate(primary.connect, migration, {
          emit: (event) => {
            if (event.type === 'backfill.progressed') progress.push(event);
          },
        });
        await m.to('expand');
        await tune(m.deps, { migration, settings: { maxReplicaLagMs: 300, maxRowsPerSecond: 8000 } });
        const onStandby = await standby.connect('watch');
        await onStandby.query(sql`SELECT pg_wal_replay_pause()`);
        let isDone = false;
        const applied = m.to('backfill').finally(() => (isDone = true));
        const paused = () => progress.filter((p) => p.throttle === 'replica-lag');
        await until(() => isDone || paused().length > 2);
        expect(isDone, 'it went on although the standby was behind').toBe(false);
        const [, second, third] = paused();
        expect(third?.rowsDone).toBe(second?.rowsDone);
        expect(third?.rowsDone).toBeLessThan(60_000);
        await onStandby.query(sql`SELECT pg_wal_replay_resume()`);
        await applied;
        expect(progress.at(-1)).toMatchObject({ rowsDone: 60_000 });
        expect(await session.query(sql`SELECT count(*) AS n FROM user_preferences`)).toEqual([{ n: 60_000 }]);
        await onStandby.close();
      });
      await session.close();
    }),
);

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
};
