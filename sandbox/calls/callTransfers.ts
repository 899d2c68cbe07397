import { z } from 'zod';

import type { components } from '../../nodes/Asapp/contract';

type Schemas = components['schemas'];
type Request = Schemas['CreateCallTransferRequest'];

/** When a call goes on by itself, in milliseconds after it was announced. */
export interface CallTimes {
  /** It comes in. */
  readonly receivedAfter: number;
  /** GenerativeAgent is done with it. */
  readonly completedAfter: number;
  /** Its phone number is no longer lent. */
  readonly numberLifetime: number;
}

/** Most calls come in at once and are short. */
export const CALL_TIMES: CallTimes = { receivedAfter: 500, completedAfter: 2_000, numberLifetime: 60_000 };

const change = z
  .object({
    id: z.string().min(1),
    status: z.string().regex(/^(active|ongoing|completed|expired)$/i),
    transferType: z.enum(['AGENT', 'SYSTEM', 'CALLER_DISCONNECT']).optional(),
  })
  .strict();

/**
 * What a call is made to be. The status is shown in the case in which it is given here, as ASAPP's example differs from
 * its list in that.
 */
export type CallChange = z.infer<typeof change>;

/** Checks a change that came from outside. Throws an Error that names the wrong fields. */
export function parseCallChange(value: unknown): CallChange {
  return change.parse(value);
}

interface Call {
  readonly request: Request;
  readonly number: string;
  readonly createdAt: number;
  change?: CallChange & { readonly at: number };
}

const STATUSES: Readonly<Record<string, number>> = { ACTIVE: 0, ONGOING: 1, COMPLETED: 2, EXPIRED: 3 };

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** How a call ends: its task says so. */
function endOf({ inputContext = {} }: Request): NonNullable<Schemas['CallTransferOutput']['transferType']> {
  const { taskName = '' } = inputContext;
  if (/agent|human/i.test(taskName)) return 'AGENT';
  return /hang|disconnect/i.test(taskName) ? 'CALLER_DISCONNECT' : 'SYSTEM';
}

/** Calls that are handed over to GenerativeAgent. Nobody calls here: time passes, or somebody says what is the case. */
export class CallTransfers {
  readonly #calls = new Map<string, Call>();
  #numbers = 0;

  constructor(private readonly times: CallTimes = CALL_TIMES) {}

  /** Whether there is one of this id. */
  has(id: string): boolean {
    return this.#calls.has(id);
  }

  /** What a transfer would be answered with, and how to announce it. */
  prepare(request: Request): { created: Schemas['CallTransferCreated']; announce: () => void } {
    const call: Call = {
      request,
      number: `+1999555${String(++this.#numbers % 10_000).padStart(4, '0')}`,
      createdAt: Date.now(),
    };
    const created = { ...this.#common(call), status: 'ACTIVE' as const };
    return { created, announce: () => void this.#calls.set(request.id, call) };
  }

  /** A transfer as it is by now; undefined if there is none of this id. */
  read(id: string): Schemas['CallTransfer'] | undefined {
    const call = this.#calls.get(id);
    if (!call) return undefined;
    const { createdAt, change } = call;
    const { receivedAfter, completedAfter } = this.times;
    const status = change?.status ?? this.#statusByTime(createdAt);
    const stage = STATUSES[status.toUpperCase()] ?? 0;
    const received = stage === 1 || stage === 2;
    return {
      ...this.#common(call),
      // A status that was set by hand has the case in which it was set.
      status: status as Schemas['CallTransferStatus'],
      createdAt: time(createdAt),
      ...(received && { callReceivedAt: time(change?.at ?? createdAt + receivedAfter) }),
      ...(stage === 2 && {
        completedAt: time(change?.at ?? createdAt + completedAfter),
        outputContext: this.#output(call),
      }),
    };
  }

  /** Makes a transfer be what somebody says. Returns whether there is one. */
  change(to: CallChange): boolean {
    const call = this.#calls.get(to.id);
    if (call) call.change = { ...to, at: Date.now() };
    return call !== undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#calls.clear();
  }

  #statusByTime(createdAt: number): Schemas['CallTransferStatus'] {
    const age = Date.now() - createdAt;
    const { receivedAfter, completedAfter, numberLifetime } = this.times;
    if (receivedAfter > numberLifetime) return age < numberLifetime ? 'ACTIVE' : 'EXPIRED';
    if (age < receivedAfter) return 'ACTIVE';
    return age < completedAfter ? 'ONGOING' : 'COMPLETED';
  }

  #common({ request, number, createdAt }: Call): Omit<Schemas['CallTransferCreated'], 'status'> {
    const { id, externalConversationId, type, phoneNumber, sip, inputContext } = request;
    const expiresAt = time(createdAt + this.times.numberLifetime);
    return {
      id,
      externalConversationId,
      type,
      ...(type === 'PHONE_NUMBER' &&
        phoneNumber && { phoneNumber: { transferNumber: number, country: phoneNumber.country, expiresAt } }),
      ...(type === 'SIP' && { sip: { returnTransferType: 'BYE' as const, ...sip } }),
      ...(inputContext && { inputContext }),
    };
  }

  #output({ request, change }: Call): Schemas['CallTransferOutput'] {
    const transferType = change?.transferType ?? endOf(request);
    const { taskName, inputVariables = {} } = request.inputContext ?? {};
    return {
      transferType,
      ...(taskName !== undefined && { currentTaskName: taskName }),
      ...(transferType !== 'CALLER_DISCONNECT' && {
        referenceVariables: { customerName: 'John Smith', ...inputVariables },
        transferVariables: transferType === 'SYSTEM' ? { department: 'billing' } : {},
      }),
    };
  }
}
