import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server of the Model Context Protocol in a process of its own, spoken to in lines. */
export interface McpServer {
  readonly tools: readonly string[];
  /** The text that a tool answers with. */
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly close: () => Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export async function startMcpServer(script: string, env: Readonly<Record<string, string>>): Promise<McpServer> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const waiting = new Map<number, (message: Message) => void>();
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  const write = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

  let last = 0;
  const ask = async (method: string, params: object): Promise<Readonly<Record<string, unknown>>> => {
    const id = (last += 1);
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    write({ id, method, params });
    const message = await Promise.race([answer, gone]);
    waiting.delete(id);
    if (!message?.result) throw new Error(message?.error?.message ?? `The server ended during ${method}.`);
    return message.result;
  };

  await ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });
  write({ method: 'notifications/initialized' });
  const { tools } = (await ask('tools/list', {})) as { tools: readonly { readonly name: string }[] };
  return {
    tools: tools.map(({ name }) => name),
    call: async (name, args) => {
      const { content } = await ask('tools/call', { name, arguments: args });
      return (content as readonly { readonly text: string }[]).map(({ text }) => text).join('');
    },
    close: () => {
      child.kill();
      return gone;
    },
  };
}
