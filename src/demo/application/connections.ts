import pg from 'pg';

/** A fixed set of connections. Who finds none free queues, as in any pool. */
export async function openConnections(url: string, name: string, count: number, onError: (error: unknown) => void) {
  const all = await Promise.all(Array.from({ length: count }, () => connect(url, name, onError)));
  const idle = [...all];
  // By number: taking the first of a long array moves all the others.
  const queue = new Map<number, (client: pg.Client) => void>();
  let [served, asked] = [0, 0];

  const take = (): Promise<pg.Client> => {
    const client = idle.pop();
    return client ? Promise.resolve(client) : new Promise((resolve) => queue.set(asked++, resolve));
  };
  const giveBack = (client: pg.Client) => {
    const next = queue.get(served);
    if (!next) return void idle.push(client);
    queue.delete(served++);
    next(client);
  };

  return {
    async use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
      const client = await take();
      try {
        return await work(client);
      } finally {
        giveBack(client);
      }
    },
    queued: () => queue.size,
    close: () => Promise.all(all.map((client) => client.end())),
  };
}

export async function connect(url: string, name: string, onError: (error: unknown) => void): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', onError);
  await client.connect();
  return client;
}
