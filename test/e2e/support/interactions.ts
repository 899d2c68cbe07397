import type { IDataObject } from 'n8n-workflow';

/** An interaction that ASAPP documents, and what becomes of it. */
export interface Interaction {
  name: string;
  conversationId: string;
  /** What the customer says, one after the other. */
  says: string[];
  context?: { taskName: string; inputVariables: IDataObject };
  /** What GenerativeAgent says to each of {@link says}. */
  replies: string[][];
  /** What it says by itself once the customer is authenticated. */
  resumed?: string[];
  /** What it asks the workflow for. */
  request?: 'authenticationRequested' | 'transferToAgent' | 'transferToSystem';
  transfer?: IDataObject;
}

/** One conversation each. Only the words are the sandbox's (docs/sandbox.md). */
export const INTERACTIONS: Interaction[] = [
  {
    name: 'a simple reply after a filler',
    conversationId: 'SIMPLE',
    says: ['How can I pay my bill?'],
    replies: [['One moment please.', 'You asked "How can I pay my bill?". It is done.']],
  },
  {
    name: 'an authentication',
    conversationId: 'AUTHENTICATION',
    says: ['What is my balance?'],
    replies: [['I have to know who you are first.']],
    resumed: [
      'Thank you, you are authenticated.',
      'Let me look at "What is my balance?".',
      'Here is what I found on "What is my balance?": all is well.',
    ],
    request: 'authenticationRequested',
  },
  {
    name: 'a confirmation',
    conversationId: 'CONFIRMATION',
    says: ['Please cancel my plan', 'CONFIRM'],
    replies: [
      ['Do you really want to cancel? Reply with "CONFIRM" to go on.'],
      ['Thank you.', 'I am canceling your plan.', 'Your plan is canceled.'],
    ],
  },
  {
    name: 'a transfer to an agent',
    conversationId: 'AGENT',
    says: ['I want to talk to an agent'],
    replies: [['Sure, connecting you with an agent.']],
    request: 'transferToAgent',
  },
  {
    name: 'a transfer to the system',
    conversationId: 'SYSTEM',
    says: ['I want a refund'],
    replies: [['I am handing you over to our refund desk.']],
    request: 'transferToSystem',
    transfer: {
      referenceVariables: { customerName: 'John Smith', accountNumber: '12345', isActive: true },
      transferVariables: { department: 'billing', request: 'I want a refund', notes: ['Payment pending'] },
      currentTaskName: 'handle_refund_requests',
    },
  },
  {
    name: 'a task with variables',
    conversationId: 'TASK',
    says: ['Give me the gold one'],
    context: { taskName: 'UpgradePlan', inputVariables: { customer_info: { current_plan: 'SILVER' } } },
    replies: [
      [
        'One moment please.',
        'The task is UpgradePlan. I know customer_info.',
        'You asked "Give me the gold one". It is done.',
      ],
    ],
  },
];
