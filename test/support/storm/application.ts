import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Statement } from './shape.ts';

/** COPY … FROM STDIN with everything at hand: pg itself only knows how to refuse it. */
class CopyIn extends pg.Query {
  readonly #data: string;

  constructor(sql: string, data: string) {
    super(sql);
    this.#data = data;
  }

  handleCopyInResponse(connection: { sendCopyFromChunk: (chunk: Buffer) => void; endCopyFrom: () => void }): void {
    connection.sendCopyFromChunk(Buffer.from(this.#data));
    connection.endCopyFrom();
  }
}

/** A session of the application, which opens another one when it was cut. */
export class Application {
  readonly #url: string;
  #client: pg.Client | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async run({ sql, data }: Statement): Promise<pg.QueryResult> {
    const client = await this.#open();
    if (data === undefined) return await client.query(sql);
    await new Promise<void>((resolve, reject) => {
      client
        .query(new CopyIn(sql, data))
        .on('end', () => resolve())
        .on('error', reject);
    });
    return { rows: [] } as unknown as pg.QueryResult;
  }

  /** Forgets a session that was cut. */
  drop(): void {
    void this.#client?.end().catch(() => undefined);
    this.#client = null;
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
  }

  async #open(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    for (let attempt = 1; ; attempt++) {
      const client = new pg.Client({ connectionString: this.#url, application_name: 'application' });
      client.on('error', () => undefined); // the statement at hand reports it
      try {
        await client.connect();
        this.#client = client;
        return client;
      } catch (error) {
        if (attempt > 300) throw error;
        await setTimeout(100); // the server is coming up
      }
    }
  }
}

/** The session was cut or the server went down. */
export const isCut = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    code.startsWith('57P') ||
    code.startsWith('08') ||
    /ECONN|EPIPE|terminated|not queryable|closed/.test(`${code} ${message}`)
  );
};
