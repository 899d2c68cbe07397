import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers a request itself and returns true, or leaves it to the server. */
type Override = (request: IncomingMessage, response: ServerResponse, body: string) => boolean;

/**
 * The two requests of an event stream and nothing else, with a hand on every byte: what the sandbox, which behaves,
 * does not offer.
 */
export class EventServer {
  /** What was asked for with POST: body and headers. */
  readonly created: Array<{ body: unknown; headers: IncomingMessage['headers'] }> = [];
  /** The connected streams, oldest first. */
  readonly streams: ServerResponse[] = [];
  /** How many streams were ever connected. */
  connected = 0;
  onCreate: Override = () => false;
  onConnect: Override = () => false;
  /** Headers of a stream's answer. */
  contentType = 'text/event-stream; charset=utf-8';

  private readonly sockets = new Set<Socket>();
  private readonly tokens = new Map<string, string>();
  private waiting: Array<() => void> = [];
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many TCP connections are open. */
  get openSockets(): number {
    return this.sockets.size;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.answer(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => {
        this.sockets.delete(socket);
        this.notify();
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  /** Breaks every connection and listens no more; {@link start} brings it back at the same address. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    this.streams.length = 0;
  }

  /** Writes raw bytes to every connected stream. */
  write(text: string): void {
    for (const stream of this.streams) stream.write(text);
  }

  /** Sends an event to every connected stream. */
  send(payload: unknown, name = 'generative-agent-message'): void {
    this.write(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`);
  }

  /** Breaks every connected stream, without a proper end. */
  drop(): void {
    for (const stream of this.streams) stream.socket?.destroy();
  }

  /** Resolves when the condition holds; it is looked at after everything that happens here. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private notify(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.method === 'POST' && request.url === '/generativeagent/v1/streams') {
      this.created.push({ body: JSON.parse(body) as unknown, headers: request.headers });
      if (!this.onCreate(request, response, body))
        this.create(JSON.parse(body) as { streamId?: string }, response);
    } else if (!this.onConnect(request, response, body)) {
      this.connect(request, response);
    }
    this.notify();
  }

  private create({ streamId = 'made-up-stream' }: { streamId?: string }, response: ServerResponse): void {
    const token = `token-${this.created.length}-of-a-secret-url`;
    this.tokens.set(token, streamId);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        streamId,
        streamingUrl: `${this.url}/push-api/connect/sse?token=${token}`,
        messageTypes: ['generative-agent-message'],
      }),
    );
  }

  private connect(request: IncomingMessage, response: ServerResponse): void {
    const token = new URL(request.url ?? '', this.url).searchParams.get('token') ?? '';
    if (!this.tokens.delete(token)) {
      response.writeHead(401).end(JSON.stringify({ error: { message: `No such token: ${token}` } }));
      return;
    }
    response.writeHead(200, { 'content-type': this.contentType });
    response.flushHeaders();
    this.connected++;
    this.streams.push(response);
    response.once('close', () => {
      this.streams.splice(this.streams.indexOf(response), 1);
      this.notify();
    });
  }
}
