/** One message to deliver; the item before the node has it as json. */
export interface Work {
  readonly conversationId: string;
  readonly customer: string;
  /** Ends with the number of the message in the order of the input. */
  readonly text: string;
}

/** `count` messages, round-robin in `conversations`. */
export function messages(
  count: number,
  conversations: number,
  nameOf: (conversation: number) => string = (conversation) => `BENCH${conversation}`,
): Work[] {
  return Array.from({ length: count }, (_, number) => {
    const conversation = number % conversations;
    return {
      conversationId: nameOf(conversation),
      customer: `customer-${conversation}`,
      text: `Message ${number}`,
    };
  });
}

/** Splits work for executions that run at once; a conversation stays in one of them. */
export function split(work: Work[], executions: number): Work[][] {
  const names = [...new Set(work.map(({ conversationId }) => conversationId))];
  const executionOf = new Map(names.map((name, index) => [name, index % executions]));
  return Array.from({ length: executions }, (_, execution) =>
    work.filter(({ conversationId }) => executionOf.get(conversationId) === execution),
  );
}

/** The shortest time in which work can be done, in ms: the pace or the longest conversation, and one latency. */
export function idealTime(work: Work[], requestsPerSecond: number, meanLatency: number): number {
  const lengths = new Map<string, number>();
  for (const { conversationId } of work) lengths.set(conversationId, (lengths.get(conversationId) ?? 0) + 1);
  const longestLane = Math.max(...lengths.values()) * meanLatency;
  return Math.max((work.length / requestsPerSecond) * 1_000, longestLane) + meanLatency;
}
