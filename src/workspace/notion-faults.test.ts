import { expect, it } from 'vitest';
import { byChance } from '../../test/support/chance.ts';
import { notionOf } from '../../test/support/notion-workspace.ts';
import { plan, type publication, recordsInMemory, section, task } from '../../test/support/publication.ts';
import type { Fault } from '../../test/notion/faults.ts';

type Publishing = Partial<ReturnType<typeof publication>>;

const first: Publishing = {
  documents: [
    {
      ...plan(),
      sections: [...plan().sections, section('deep', '- 1\n  - 2\n    - 3\n      - 4\n        - 5\n          - 6')],
    },
    task('migration'),
    task('backfill', { blockedBy: ['prefs/migration'] }),
  ],
};

/** Every kind of change: a box, a text, a table, a section less and one more, a status, a relation, a task more. */
const then: Publishing = {
  documents: [
    {
      ...plan('50 %'),
      sections: [
        section('overview', '## Overview\n\n| phase | risk |\n| - | - |\n| expand | high |\n| contract | low |'),
        ...plan('50 %').sections.slice(2),
        section('risks', '## Risks\n\n> [!WARNING]\n> None.'),
      ],
    },
    task('migration', {
      status: 'done',
      sections: [section('criteria', '## Acceptance criteria\n\n- [x] parity is exact\n- [x] rows were copied')],
    }),
    task('backfill'),
    task('index', { blockedBy: ['prefs/backfill'] }),
  ],
};

const plainTable = {
  Name: { title: {} },
  State: { select: { options: [{ name: 'Open' }, { name: 'Doing' }, { name: 'Closed' }] } },
};

/** A person has written into the plan meanwhile. */
async function published(columns?: Readonly<Record<string, object>>) {
  const world = await notionOf(columns);
  await world.publish(first);
  const { page } = world.records.all.get('prefs/plan') as { page: string };
  world.notion.seed.write(page, 'Written by a person.');
  return { ...world, state: world.notion.snapshot(), remembered: [...world.records.all] };
}

const faults: Readonly<Record<string, Omit<Fault, 'skip'>>> = {
  'cut before the server commits': { how: 'cut' },
  'cut after the server has committed': { how: 'cut', committed: true },
  'answered 409': { how: 'conflict_error' },
  'answered 429': { how: 'rate_limited' },
  'answered 529': { how: 'service_overload' },
  'answered 500 before the commit': { how: 'internal_server_error' },
  'answered 500 after it': { how: 'internal_server_error', committed: true },
  'answered 502 after it': { how: 'bad_gateway', committed: true },
  'answered 503': { how: 'service_unavailable' },
  'answered 504 before the commit': { how: 'gateway_timeout' },
  'answered 504 after it': { how: 'gateway_timeout', committed: true },
  'answered with half a body': { how: 'malformed' },
};

/** FAULTS=all tries every request; without it one in so many, others each time. */
const oneIn = process.env['FAULTS'] === 'all' ? 1 : 12;
const isChosen = (fault: string): boolean => byChance(fault, oneIn) === 0;

for (const [name, columns] of [
  ['a table with a key', undefined],
  ['a table without', plainTable],
] as const)
  it(`ends the same when any request of a publication or an update fails once, in ${name}`, async () => {
    const world = await published(columns);
    const { notion, records, publish, state, remembered } = world;
    const set = (to: typeof state | null, all: typeof remembered) => {
      notion.calm();
      if (to) notion.restore(to);
      records.all.clear();
      for (const [key, value] of all) records.all.set(key, value);
    };
    const fresh = await notionOf(columns);
    const empty = fresh.notion.snapshot();
    const runs = [
      { what: 'publication', from: empty, all: [], change: first },
      { what: 'update', from: state, all: remembered, change: then },
    ];
    for (const { what, from, all, change } of runs) {
      set(from, all);
      const before = notion.requests.length;
      await publish(change);
      const [expected, count] = [notion.outline(), notion.requests.length - before];
      for (const [how, fault] of Object.entries(faults))
        for (let skip = 0; skip < count; skip++) {
          if (!isChosen(`${name}: ${what}, ${how} ${skip}`)) continue;
          set(from, all);
          notion.inject({ ...fault, skip });
          const { problems } = await publish(change);
          expect(problems).toEqual([]);
          expect(notion.outline(), `${what}, request ${skip}: ${how}`).toBe(expected);
        }
    }
  }, 1_800_000);

it('goes on where it was stopped, at any request and with or without its records, and ends the same', async () => {
  const { notion, records, workspace, spec, publish, state, remembered } = await published();
  const fresh = await notionOf();
  const empty = fresh.notion.snapshot();
  for (const { from, all, change } of [
    { from: empty, all: [], change: first },
    { from: state, all: remembered, change: then },
  ]) {
    const set = () => {
      notion.calm();
      notion.restore(from);
      records.all.clear();
      for (const [key, value] of all) records.all.set(key, value);
    };
    set();
    const before = notion.requests.length;
    await publish(change);
    const [expected, count] = [notion.outline(), notion.requests.length - before];
    for (let n = 1; n <= count; n++)
      for (const committed of [false, true])
        for (const forgetful of [false, true]) {
          if (!isChosen(`stopped at ${n} ${committed} ${forgetful}`)) continue;
          set();
          const stop = new AbortController();
          let asked = 0;
          const stops = () => {
            if (++asked !== n) return false;
            stop.abort(new Error('stopped'));
            return true;
          };
          notion.inject({ how: 'cut', committed, only: stops });
          const options = { records: forgetful ? recordsInMemory() : records, dryRun: false, signal: stop.signal };
          const whole = { specification: spec, tasks: null, documents: change.documents ?? [] };
          await expect(workspace().publish(whole, options)).rejects.toThrow('stopped');
          notion.calm();
          await publish(change);
          expect(notion.outline(), `request ${n}, ${committed ? 'after' : 'before'} the commit`).toBe(expected);
        }
  }
}, 1_800_000);
