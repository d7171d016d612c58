import { isDeepStrictEqual } from 'node:util';
import type { Connect, Session } from '../../../src/database/database.ts';
import { phaseNames, type PhaseName } from '../../../src/events.ts';
import { raw } from '../../../src/sql/sql.ts';
import type { migrate } from '../example.ts';
import type { Row, Shape } from './shape.ts';
import type { World } from './world.ts';

/** While nobody writes: each shape that is in use must say what the application was told, and nothing of ours is left over. */
export async function compare(
  connect: Connect,
  shape: Shape,
  world: World,
  at: PhaseName | null,
  m: ReturnType<typeof migrate>,
): Promise<string[]> {
  const session = await connect('watch');
  try {
    const found = [
      ...(at === 'contract' ? [] : await compareSide(session, shape, world, at, 'old')),
      ...(at && phaseNames.indexOf(at) >= phaseNames.indexOf('dual-write')
        ? await compareSide(session, shape, world, at, 'new')
        : []),
      ...(await leftOver(session)),
    ];
    if (at === 'dual-write' || at === 'switch') {
      const { ok, mappings, triggers } = await m.verify();
      const bad = mappings.filter((x) => !x.ok).map((x) => ({ ...x, columns: [] }));
      if (!ok) found.push(`at ${at} verify finds ${JSON.stringify({ bad, triggers })}`);
      if (mappings.some((x) => x.pending > 0)) world.count('comparisons with writes on the list');
    }
    return found;
  } finally {
    await session.close();
  }
}

async function compareSide(
  session: Session,
  shape: Shape,
  world: World,
  at: PhaseName | null,
  side: 'old' | 'new',
): Promise<string[]> {
  const rows = new Map(
    (await session.query<{ key: number } & NonNullable<Row>>(raw(shape.read[side]))).map(({ key, ...row }) => [
      key,
      row,
    ]),
  );
  const found: string[] = [];
  for (const key of new Set([...rows.keys(), ...world.rows.keys()])) {
    const should = world.rows.get(key);
    const [is, wanted] = [sorted(rows.get(key) ?? null), sorted(should ? shape.seen(side, should) : null)];
    if (!isDeepStrictEqual(is, wanted))
      found.push(
        `at ${at ?? 'nothing'} the ${side} shape holds for ${key} ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}\n${world.storyOf(key)}`,
      );
  }
  return found;
}

const sorted = (row: Row) =>
  row &&
  Object.entries(row)
    .map(([column, value]) => [column, value === null ? null : String(value)])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));

/** Sessions of an executor that has ended. A server process takes a moment to go. */
async function leftOver(session: Session): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const left = await session.query<{ name: string; query: string }>(
      raw(
        `SELECT application_name AS name, query FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^lockkeeper (user-preferences|change-column) '`,
      ),
    );
    if (!left.length) return [];
    if (attempt > 100) return left.map(({ name, query }) => `a session is left over: ${name} ${query}`);
    await session.query(raw('SELECT pg_sleep(0.02)'));
  }
}
