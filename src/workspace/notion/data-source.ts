import { extractNotionId } from '@notionhq/client';
import { LockkeeperError } from '../../errors.ts';
import { textOf } from '../../markdown/runs.ts';
import type { Notion } from './client.ts';
import { whichOne } from './errors.ts';
import { runsOf } from './read-block.ts';
import { database, dataSource, type DataSource } from './shapes.ts';

const FIX = 'Name one by its title or address: --tasks "Engineering Tasks", or spec.notion.tasks in lockkeeper.yaml.';

/** The table of the tasks and its columns: by title, by id or address of the data source or of its database; the only one for null. */
export async function findDataSource(notion: Notion, wanted: string | null): Promise<DataSource> {
  const id = wanted === null ? null : extractNotionId(wanted);
  if (id !== null) return byId(notion, id);
  const query = wanted === null ? {} : { query: wanted };
  const body = { ...query, filter: { property: 'object', value: 'data_source' } };
  const found = await notion.all(
    { method: 'post', path: 'search', body, what: 'search for the task database' },
    dataSource,
  );
  const alive = found.filter((source) => source['in_trash'] !== true);
  const same = alive.filter((source) => wanted === null || folded(titleOf(source)) === folded(wanted));
  const [only, ...others] = same.length ? same : alive;
  if (only && !others.length) return getDataSource(notion, only.id);
  throw whichOne(
    'task databases',
    (same.length ? same : alive).map((source) => ({ title: titleOf(source), id: source.id })),
    FIX,
  );
}

const titleOf = ({ title }: DataSource): string => textOf(runsOf(title));

const folded = (text: string): string => text.normalize('NFC').trim().toLowerCase();

const getDataSource = (notion: Notion, id: string): Promise<DataSource> =>
  notion.repeat({ method: 'get', path: `data_sources/${id}`, what: `database ${id}` }, dataSource);

/** What people copy is the address of the database. */
async function byId(notion: Notion, id: string): Promise<DataSource> {
  try {
    return await getDataSource(notion, id);
  } catch (error) {
    if (!(error instanceof LockkeeperError) || error.code !== 'NOTION_NOT_SHARED') throw error;
  }
  const what = `database ${id}`;
  const { data_sources: sources } = await notion.repeat({ method: 'get', path: `databases/${id}`, what }, database);
  const [only, ...others] = sources;
  if (only && !others.length) return getDataSource(notion, only.id);
  throw whichOne(
    'data sources of this database',
    sources.map(({ name, id: own }) => ({ title: name, id: own })),
    FIX,
  );
}
