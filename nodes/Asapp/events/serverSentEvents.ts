/** An event of a text/event-stream. `event` is 'message' where the stream names none; `id` is the last one given, ''. */
export interface ServerSentEvent {
  event: string;
  data: string;
  id: string;
}

/** What a reader calls. */
export interface ServerSentEventHandlers {
  onEvent(event: ServerSentEvent): void;
  /** Something came that is no event: a comment, or an empty line with no data before it. */
  onNothing?(): void;
}

/** An event is longer than it may be. */
export class EventTooLong extends Error {
  constructor(bytes: number) {
    super(`an event on the stream is longer than ${bytes} bytes`);
    this.name = 'EventTooLong';
  }
}

/** In bytes. An event has one text or a few variables. */
const LONGEST_EVENT = 1024 * 1024;

/**
 * Reads a text/event-stream piece by piece, by the rules of
 * https://html.spec.whatwg.org/multipage/server-sent-events.html: hand each piece to {@link push}, in any size. What is
 * not followed by an empty line when the stream ends was not finished and is not an event.
 */
export class ServerSentEventReader {
  /** How long the stream asks to wait before connecting again, in ms; undefined if it asks for nothing. */
  retry: number | undefined;

  /** Bytes that are kept of the event that has not ended. */
  private kept = 0;
  private readonly decoder = new TextDecoder();
  private readonly lineEnd = /\r\n|\n|\r/g;
  /** The pieces of a line whose end has not come; joined once, or a long line would be copied with each piece. */
  private line: string[] = [];
  private endedWithCarriageReturn = false;
  private data: string[] = [];
  private event = '';
  private id = '';

  constructor(
    private readonly handlers: ServerSentEventHandlers,
    private readonly longestEvent = LONGEST_EVENT,
  ) {}

  /** @throws EventTooLong when what it would have to keep of one event is longer; nothing can be read after that. */
  push(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    let start = 0;
    // The other half of a line end that was cut in two.
    if (this.endedWithCarriageReturn && text.startsWith('\n')) start = 1;
    if (text !== '') this.endedWithCarriageReturn = text.endsWith('\r');
    this.lineEnd.lastIndex = start;
    for (let end = this.lineEnd.exec(text); end !== null; end = this.lineEnd.exec(text)) {
      this.keep(text.slice(start, end.index));
      start = this.lineEnd.lastIndex;
      const line = this.line.join('');
      this.line = [];
      this.readLine(line);
    }
    if (start < text.length) this.keep(text.slice(start));
  }

  private keep(piece: string): void {
    this.line.push(piece);
    this.kept += Buffer.byteLength(piece);
    if (this.kept > this.longestEvent) throw new EventTooLong(this.longestEvent);
  }

  private readLine(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(':');
    // Without a colon the whole line is the field's name; with one at its beginning the line is a comment.
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    switch (field) {
      case 'data':
        this.data.push(value);
        // Even an empty line takes room.
        this.kept++;
        return;
      case '':
        this.handlers.onNothing?.();
        break;
      case 'event':
        this.event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.id = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.retry = Number(value);
        break;
    }
    this.kept -= Buffer.byteLength(line);
  }

  private dispatch(): void {
    const { data, event } = this;
    this.data = [];
    this.event = '';
    this.kept = 0;
    if (data.length === 0) this.handlers.onNothing?.();
    else {
      const name = event === '' ? 'message' : event;
      this.handlers.onEvent({ event: name, data: data.join('\n'), id: this.id });
    }
  }
}
