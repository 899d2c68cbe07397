import type { components } from '../../nodes/Asapp/contract';
import type { Delays, Latency } from '../latency';
import type { Analysis, Conversation, Ledger } from '../ledger';
import { agentEvent, type AgentEvent, type Step } from './agentEvent';
import { resumedRun, runFor, type AgentState, type Run } from './script';

/** What GenerativeAgent works with. */
export interface GenerativeAgentContext {
  readonly ledger: Ledger;
  readonly delays: Delays;
  /** How long it takes before each event; 0: all at once. */
  readonly eventDelay: Latency;
  readonly nextMessageId: () => string;
  /** The caller's own id of a conversation. */
  readonly externalIdOf: (conversationId: string) => string;
  /** Called with every event; no stream: the request that started the run named none. */
  readonly onEvent: (event: AgentEvent, streamId: string | undefined) => void;
}

interface Memory {
  state: AgentState;
  authenticated: boolean;
  /** What the customer said before being asked to authenticate. */
  question: string;
  lastEventId: string | undefined;
  /** Ends with the last run that was asked for. */
  runs: Promise<void>;
}

function freshMemory(): Memory {
  return {
    state: 'ready',
    authenticated: false,
    question: '',
    lastEventId: undefined,
    runs: Promise.resolve(),
  };
}

/**
 * A scripted GenerativeAgent. The runs of a conversation follow one another, those of different conversations do not
 * wait. When the ledger forgets a conversation, so does GenerativeAgent, in the middle of a run if need be.
 */
export class GenerativeAgent {
  readonly #memories = new WeakMap<Conversation, Memory>();

  constructor(private readonly context: GenerativeAgentContext) {}

  /** Reads a conversation after an accepted Analyze, and says what there is to say. */
  analyze({ conversationId, message, streamId, taskName, inputVariables }: Analysis): void {
    const said = this.context.ledger.messagesOf(conversationId);
    const text = message?.text ?? said.filter(({ role }) => role === 'customer').at(-1)?.text;
    this.#enqueue(conversationId, streamId, (memory) => {
      const { state, authenticated } = memory;
      const run = runFor({ text, taskName, inputVariables, authenticated, state });
      if (run.state === 'waitingForAuth') memory.question = text ?? '';
      return run;
    });
  }

  /** Remembers that the customer is authenticated, and goes on with what waited for it. */
  authenticate(conversationId: string, streamId: string | undefined): void {
    const conversation = this.context.ledger.conversations.get(conversationId);
    if (!conversation) return;
    this.#memoryOf(conversation).authenticated = true;
    this.#enqueue(conversationId, streamId, (memory) =>
      memory.state === 'waitingForAuth' ? resumedRun(memory.question) : undefined,
    );
  }

  /** The answer of Get State. A conversation that was never used is ready. */
  stateOf(conversationId: string): components['schemas']['GenerativeAgentState'] {
    const conversation = this.context.ledger.conversations.get(conversationId);
    if (!conversation) return { state: 'ready' };
    const { state, lastEventId } = this.#memoryOf(conversation);
    return {
      state,
      ...(lastEventId !== undefined && { lastGenerativeAgentMessageId: lastEventId }),
      ...(conversation.lastTaskName !== undefined && { currentTaskName: conversation.lastTaskName }),
      inputVariables: conversation.inputVariables,
    };
  }

  #memoryOf(conversation: Conversation): Memory {
    let memory = this.#memories.get(conversation);
    if (!memory) this.#memories.set(conversation, (memory = freshMemory()));
    return memory;
  }

  #enqueue(
    conversationId: string,
    streamId: string | undefined,
    decide: (memory: Memory) => Run | undefined,
  ): void {
    const conversation = this.context.ledger.conversations.get(conversationId);
    if (!conversation) return;
    const memory = this.#memoryOf(conversation);
    memory.runs = memory.runs.then(async () => {
      const run = decide(memory);
      if (run) await this.#play(run, conversation, memory, streamId);
    });
  }

  async #play(
    { steps, state, neverEnds }: Run,
    conversation: Conversation,
    memory: Memory,
    streamId: string | undefined,
  ): Promise<void> {
    const { ledger, delays, eventDelay, nextMessageId, externalIdOf, onEvent } = this.context;
    memory.state = 'processing';
    const whole: Step[] = [{ type: 'processingStart' }, ...steps];
    if (neverEnds !== true) whole.push({ type: 'processingEnd' });
    for (const step of whole) {
      if (eventDelay !== 0) await delays.wait(eventDelay);
      if (ledger.conversations.get(conversation.id) !== conversation) return;
      const conversationId = conversation.id;
      const origin = { conversationId, externalConversationId: externalIdOf(conversationId) };
      const event = agentEvent(step, origin, nextMessageId);
      memory.lastEventId = event.id;
      // Whoever asks for the state when the last event arrives gets the new one.
      if (step.type === 'processingEnd') memory.state = state;
      onEvent(event, streamId);
    }
  }
}
