import type { components } from '../../nodes/Asapp/contract';
import type { Step } from './agentEvent';

/** What GenerativeAgent is doing with a conversation, in ASAPP's words. */
export type AgentState = NonNullable<components['schemas']['GenerativeAgentState']['state']>;

/** What GenerativeAgent knows when it begins a run. */
export interface Turn {
  /** What the customer said last; undefined if nobody has said anything. */
  readonly text: string | undefined;
  readonly taskName?: string | undefined;
  readonly inputVariables?: Readonly<Record<string, unknown>> | undefined;
  readonly authenticated: boolean;
  readonly state: AgentState;
}

/** A run: the steps between its start and its end, and how the conversation stands afterwards. */
export interface Run {
  readonly steps: readonly Step[];
  readonly state: AgentState;
  /** Absent: the run ends as it should. */
  readonly neverEnds?: boolean;
}

const TRANSFERRING_TASK = 'handle_refund_requests';

function replies(...texts: string[]): Step[] {
  return texts.map((text) => ({ type: 'reply', text }));
}

/** Says which task was entered and which variables came along, if any. */
function context({ taskName, inputVariables }: Turn): Step[] {
  const names = Object.keys(inputVariables ?? {});
  const parts = [
    ...(taskName === undefined ? [] : [`The task is ${taskName}.`]),
    ...(names.length === 0 ? [] : [`I know ${names.join(', ')}.`]),
  ];
  return parts.length === 0 ? [] : replies(parts.join(' '));
}

/** The run that answers what waited for the customer to be authenticated. */
export function resumedRun(question: string): Run {
  return {
    steps: replies(
      'Thank you, you are authenticated.',
      `Let me look at "${question}".`,
      `Here is what I found on "${question}": all is well.`,
    ),
    state: 'ready',
  };
}

interface Scene {
  readonly says: RegExp;
  readonly onlyIf?: (turn: Turn) => boolean;
  readonly run: (turn: Turn, text: string) => Run;
}

/** The first scene that fits is played. docs/sandbox.md has the same table. */
const SCENES: readonly Scene[] = [
  {
    says: /^\s*confirm\s*$/i,
    onlyIf: ({ state }) => state === 'waitingForConfirmation',
    run: () => ({
      steps: replies('Thank you.', 'I am canceling your plan.', 'Your plan is canceled.'),
      state: 'ready',
    }),
  },
  {
    says: /\b(agent|human)\b/i,
    run: () => ({
      steps: [...replies('Sure, connecting you with an agent.'), { type: 'transferToAgent' }],
      state: 'transferredToAgent',
    }),
  },
  {
    says: /\brefund\b/i,
    run: (turn, text) => ({
      steps: [
        ...context(turn),
        ...replies('I am handing you over to our refund desk.'),
        {
          type: 'transferToSystem',
          transfer: {
            referenceVariables: { customerName: 'John Smith', accountNumber: '12345', isActive: true },
            transferVariables: { department: 'billing', request: text, notes: ['Payment pending'] },
            currentTaskName: turn.taskName ?? TRANSFERRING_TASK,
          },
        },
      ],
      state: 'transferredToSystem',
    }),
  },
  {
    says: /\bcancel my plan\b/i,
    run: (turn) => ({
      steps: [...context(turn), ...replies('Do you really want to cancel? Reply with "CONFIRM" to go on.')],
      state: 'waitingForConfirmation',
    }),
  },
  {
    says: /\b(account|balance|password)\b/i,
    onlyIf: ({ authenticated }) => !authenticated,
    run: (turn) => ({
      steps: [
        ...context(turn),
        ...replies('I have to know who you are first.'),
        { type: 'authenticationRequested' },
      ],
      state: 'waitingForAuth',
    }),
  },
  { says: /\bsay nothing\b/i, run: () => ({ steps: [], state: 'ready' }) },
  {
    says: /\bnever end\b/i,
    run: () => ({ steps: replies('One moment please.'), state: 'processing', neverEnds: true }),
  },
];

/** What GenerativeAgent does with a conversation that stands like this. */
export function runFor(turn: Turn): Run {
  const { text } = turn;
  if (text === undefined) {
    return { steps: [...context(turn), ...replies('Hello, how can I help you?')], state: 'ready' };
  }
  const scene = SCENES.find(({ says, onlyIf }) => says.test(text) && (onlyIf?.(turn) ?? true));
  return (
    scene?.run(turn, text) ?? {
      steps: [
        ...replies('One moment please.'),
        ...context(turn),
        ...replies(`You asked "${text}". It is done.`),
      ],
      state: 'ready',
    }
  );
}
