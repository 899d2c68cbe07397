import type { AwaitedReply } from '../../../nodes/Asapp/events/awaitedReply';
import { ReplyQueue } from '../../../nodes/Asapp/events/replyQueue';

let numbers = 0;

/** Takes events in short: "!" a start, "." an end, "agent" a transfer, anything else a text; each with an ID of its own. */
function take(queue: ReplyQueue, ...events: string[]): void {
  for (const said of events) {
    const eventId = `E${++numbers}`;
    const type = { '!': 'processingStart', '.': 'processingEnd', agent: 'transferToAgent' }[said] ?? 'reply';
    const reply = type === 'reply' ? { reply: { messageId: `M${numbers}`, text: said } } : {};
    queue.take({ type, eventId, conversationId: 'C', event: { type, eventId, said }, ...reply });
  }
}

/** What a run came to. */
function seen({ replies, outcome, hasStarted, isEnded, hasGap }: AwaitedReply) {
  return { texts: replies.map(({ text }) => text), outcome, hasStarted, isEnded, hasGap };
}

const WHOLE = { outcome: 'reply', hasStarted: true, isEnded: true, hasGap: false };

test('a run has what comes from its start to its end', () => {
  const queue = new ReplyQueue();
  const run = queue.expect();
  take(queue, 'before', '!', 'one', 'two', '.', 'after');
  expect(seen(run)).toEqual({ ...WHOLE, texts: ['one', 'two'] });
});

test('a gap before its start takes nothing from a run', () => {
  const queue = new ReplyQueue();
  const run = queue.expect();
  queue.noteGap();
  expect(run.hasGap).toBe(true);
  take(queue, '!');
  expect(run.hasGap).toBe(false);
  take(queue, 'one', '.');
  expect(seen(run)).toEqual({ ...WHOLE, texts: ['one'] });
});

test('a gap after its start stays a gap, whatever comes', () => {
  const queue = new ReplyQueue();
  const run = queue.expect();
  take(queue, '!', 'one');
  queue.noteGap();
  take(queue, '!', 'two', '.');
  expect(seen(run)).toEqual({ ...WHOLE, hasGap: true, texts: ['one', 'two'] });
});

test('runs are told apart by their order', () => {
  const queue = new ReplyQueue();
  const [first, second] = [queue.expect(), queue.expect()];
  take(queue, '!', 'one', '.', '!', 'agent', '.');
  expect(seen(first)).toEqual({ ...WHOLE, texts: ['one'] });
  expect(seen(second)).toEqual({ ...WHOLE, texts: [], outcome: 'transferToAgent' });
});

test('a second start while another item waits is of that, and the end of the first was missed', () => {
  const queue = new ReplyQueue();
  const [first, second] = [queue.expect(), queue.expect()];
  take(queue, '!', 'one', '!', 'two');
  expect(seen(first)).toEqual({ ...WHOLE, hasGap: true, texts: ['one'] });
  expect(seen(second)).toEqual({ ...WHOLE, isEnded: false, texts: ['two'] });
});

test('a second start while nobody else waits is of the same run', () => {
  const queue = new ReplyQueue();
  const run = queue.expect();
  take(queue, '!', 'one', '!', 'two', '.');
  expect(seen(run)).toEqual({ ...WHOLE, texts: ['one', 'two'] });
});

test('an item that was not accepted has no run', () => {
  const queue = new ReplyQueue();
  const [refused, next] = [queue.expect(), queue.expect()];
  queue.withdraw(refused);
  take(queue, '!', 'one', '.');
  expect(seen(refused)).toMatchObject({ hasStarted: false, texts: [] });
  expect(seen(next)).toEqual({ ...WHOLE, texts: ['one'] });
});

test('one that goes on although nobody waits for it takes its own events', () => {
  const queue = new ReplyQueue();
  const [late, next] = [queue.expect(), queue.expect()];
  take(queue, '!', 'one');
  queue.abandon(late);
  take(queue, 'two', '.', '!', 'three', '.');
  expect(seen(next)).toEqual({ ...WHOLE, texts: ['three'] });
});

test('what may be a late run of another item is told so, until a moment has passed', () => {
  const queue = new ReplyQueue();
  const [late, next] = [queue.expect(), queue.expect()];
  queue.abandon(late);
  expect(queue.isDoubtful(next)).toBe(true);
  take(queue, '!', 'one', '.');
  expect(queue.mayBeAnothers(next)).toBe(true);
  take(queue, '!', 'two', '.');
  expect(queue.mayBeAnothers(next)).toBe(false);
  expect(seen(next)).toEqual({ ...WHOLE, texts: ['two'] });
});

test('after that moment the run was its own', () => {
  const queue = new ReplyQueue();
  const [late, next] = [queue.expect(), queue.expect()];
  queue.abandon(late);
  take(queue, '!', 'one', '.');
  queue.settle(late);
  expect(queue.mayBeAnothers(next)).toBe(true);
  queue.settle(next);
  expect(queue.mayBeAnothers(next)).toBe(false);
  const after = queue.expect();
  expect(queue.isDoubtful(after)).toBe(false);
  take(queue, '!', 'two', '.');
  expect(seen(after)).toEqual({ ...WHOLE, texts: ['two'] });
  expect(seen(next)).toEqual({ ...WHOLE, texts: ['one'] });
});

test('an event that comes again counts once', () => {
  const queue = new ReplyQueue();
  const run = queue.expect();
  take(queue, '!');
  const reply = {
    type: 'reply',
    eventId: 'R',
    conversationId: 'C',
    event: { a: 1 },
    reply: { messageId: 'M', text: 'one' },
  };
  queue.take(reply);
  queue.take(reply);
  take(queue, '.');
  expect(seen(run)).toEqual({ ...WHOLE, texts: ['one'] });
});

test('whoever waits is told of the begin, of a gap, of the end, and when nobody can wait any longer', async () => {
  const queue = new ReplyQueue();
  const [run, left] = [queue.expect(), queue.expect()];
  const told: string[] = [];
  void run.begun.then(() => told.push('begun'));
  void run.broken.then(() => told.push('broken'));
  void run.over.then(() => told.push('over'));
  void left.over.then(() => told.push('left'));
  const settled = async () => await new Promise((resolve) => setImmediate(resolve));
  await settled();
  expect(told).toEqual([]);
  take(queue, '!');
  await settled();
  expect(told).toEqual(['begun']);
  queue.noteGap();
  await settled();
  expect(told).toEqual(['begun', 'broken']);
  take(queue, '.');
  await settled();
  expect(told).toEqual(['begun', 'broken', 'over']);
  queue.release();
  await settled();
  expect(told).toEqual(['begun', 'broken', 'over', 'left']);
});
