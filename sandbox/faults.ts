import { parseFault, type Fault, type Operation } from './faultDefinition';
import { parseSpecialId } from './specialIds';

export type { Fault, FaultName, Operation } from './faultDefinition';

/** What is known of a request when a fault is looked for. */
export interface FaultTarget {
  readonly operation: Operation;
  readonly conversationId?: string | undefined;
}

interface Candidate {
  readonly fault: Fault;
  /** Counts one request as hit. */
  readonly spend: () => void;
}

function scopeKey(conversationId: string | undefined, operation: Operation | undefined): string {
  return JSON.stringify([conversationId ?? null, operation ?? null]);
}

/**
 * Decides which request misbehaves. The most specific fault wins: one set for the conversation and the
 * operation, then for the conversation, then the one its special id asks for, then one for the operation,
 * then one for everyone. Of two faults for the same scope the later one replaces the earlier.
 */
export class FaultStore {
  readonly #faults = new Map<string, Fault>();
  readonly #hitsOfSpecialIds = new Map<string, number>();

  /** Sets a fault. Throws an Error that names the field if it is not a valid one. */
  set(fault: Fault): void {
    const checked = parseFault(fault);
    this.#faults.set(scopeKey(checked.conversationId, checked.operation), checked);
  }

  /** Makes everything well again and counts `TIMES` of special ids from the start. */
  clear(): void {
    this.#faults.clear();
    this.#hitsOfSpecialIds.clear();
  }

  /** The faults that are still to come, `times` being what is left of it. */
  list(): Fault[] {
    return [...this.#faults.values()];
  }

  /** The fault of this request, which thereby counts as one of its `times`. */
  take(target: FaultTarget): Fault | undefined {
    const candidate = this.#find(target);
    candidate?.spend();
    return candidate?.fault;
  }

  /** Like `take`, for the moment when only the head of the request is there: resets or nothing. */
  takeBeforeReading(target: FaultTarget): Fault | undefined {
    const candidate = this.#find(target);
    if (candidate?.fault.fault !== 'resetBeforeReading') return undefined;
    candidate.spend();
    return candidate.fault;
  }

  #find({ operation, conversationId }: FaultTarget): Candidate | undefined {
    if (conversationId !== undefined) {
      const ofConversation =
        this.#findSet(conversationId, operation) ??
        this.#findSet(conversationId, undefined) ??
        this.#findSpecial(conversationId, operation);
      if (ofConversation) return ofConversation;
    }
    return this.#findSet(undefined, operation) ?? this.#findSet(undefined, undefined);
  }

  #findSet(conversationId: string | undefined, operation: Operation | undefined): Candidate | undefined {
    const key = scopeKey(conversationId, operation);
    const fault = this.#faults.get(key);
    return fault && { fault, spend: () => this.#spend(key, fault) };
  }

  #spend(key: string, fault: Fault): void {
    if (fault.times === undefined) return;
    if (fault.times === 1) this.#faults.delete(key);
    else this.#faults.set(key, { ...fault, times: fault.times - 1 });
  }

  #findSpecial(conversationId: string, operation: Operation): Candidate | undefined {
    // To look at a conversation is no reason to use up what its id asks for.
    if (operation === 'state') return undefined;
    const fault = parseSpecialId(conversationId);
    if (fault?.operation !== undefined && fault.operation !== operation) return undefined;
    const hits = this.#hitsOfSpecialIds.get(conversationId) ?? 0;
    if (!fault || (fault.times !== undefined && hits >= fault.times)) return undefined;
    return { fault, spend: () => this.#hitsOfSpecialIds.set(conversationId, hits + 1) };
  }
}
