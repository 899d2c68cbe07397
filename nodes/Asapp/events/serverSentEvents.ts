/** An event of a text/event-stream. `event` is 'message' where the stream names none; `id` is the last one given, ''. */
export interface ServerSentEvent {
  event: string;
  data: string;
  id: string;
}

/**
 * Reads a text/event-stream piece by piece, by the rules of
 * https://html.spec.whatwg.org/multipage/server-sent-events.html: hand each piece to {@link push}, in any size. What is
 * not followed by an empty line when the stream ends was not finished and is not an event.
 */
export class ServerSentEventReader {
  /** How long the stream asks to wait before connecting again, in ms; undefined if it asks for nothing. */
  retry: number | undefined;

  private readonly decoder = new TextDecoder();
  private readonly lineEnd = /\r\n|\n|\r/g;
  /** The pieces of a line whose end has not come; joined once, or a long line would be copied with each piece. */
  private line: string[] = [];
  private endedWithCarriageReturn = false;
  private data: string[] = [];
  private event = '';
  private id = '';

  constructor(private readonly onEvent: (event: ServerSentEvent) => void) {}

  push(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    let start = 0;
    // The other half of a line end that was cut in two.
    if (this.endedWithCarriageReturn && text.startsWith('\n')) start = 1;
    if (text !== '') this.endedWithCarriageReturn = text.endsWith('\r');
    this.lineEnd.lastIndex = start;
    for (let end = this.lineEnd.exec(text); end !== null; end = this.lineEnd.exec(text)) {
      this.line.push(text.slice(start, end.index));
      start = this.lineEnd.lastIndex;
      const line = this.line.join('');
      this.line = [];
      this.readLine(line);
    }
    if (start < text.length) this.line.push(text.slice(start));
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
  }

  private dispatch(): void {
    const { data, event } = this;
    this.data = [];
    this.event = '';
    if (data.length > 0) {
      this.onEvent({ event: event === '' ? 'message' : event, data: data.join('\n'), id: this.id });
    }
  }
}
