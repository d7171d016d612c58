import { readDdl, readSizes } from '../catalog/read-ddl.ts';
import { readVersionNumber } from '../catalog/read-server.ts';
import type { Connect } from '../database/database.ts';
import type { LintOptions } from '../lint/lint.ts';
import { notApplied } from './applied-migrations.ts';
import type { Source } from './lint-sources.ts';

interface Judged {
  readonly options: LintOptions;
  readonly sources: readonly Source[];
}

/** What a database adds: its version, its schema and sizes, and which files it has already; those are left out, because what they made is in its schema. */
export async function fromDatabase(
  connect: Connect,
  options: LintOptions,
  sources: readonly Source[],
): Promise<Judged> {
  const session = await connect('read');
  try {
    return await session.transaction(async () => {
      const pg = options.pg ?? Math.floor((await readVersionNumber(session)) / 10_000);
      const ddl = await readDdl(session);
      const sizes = await readSizes(session);
      const pending: Source[] = [];
      for (const { runner, files } of sources) {
        const left = await notApplied(session, runner, files);
        pending.push({ runner, files: left === null ? files : left.map((file) => ({ ...file, pending: true })) });
      }
      const schema = [...ddl, ...(options.schema === undefined ? [] : [options.schema])].join(';\n');
      return { options: { ...options, pg, sizes, schema }, sources: pending };
    });
  } finally {
    await session.close();
  }
}
