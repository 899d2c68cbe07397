import { parseFault, parseFaults, type Fault } from './faultDefinition';
import { parseSpecialId } from './specialIds';
import { packagedSpecification, type Specification } from './specification';

export type { Fault, FaultName } from './faultDefinition';

/** What is known of a request when a fault is looked for. */
export interface FaultTarget {
  readonly operation: string;
  /** Whether it only looks at something. */
  readonly isRead?: boolean;
  readonly conversationId?: string | undefined;
  /** The caller's own ids of what the request is about, which may ask for a fault as well. */
  readonly ownIds?: readonly string[];
}

interface Candidate {
  readonly fault: Fault;
  /** Counts one request as hit. */
  readonly spend: () => void;
}

function scopeKey(conversationId: string | undefined, operation: string | undefined): string {
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

  constructor(private readonly specification: Specification = packagedSpecification()) {}

  /** Sets a fault. Throws an Error that names the field if it is not a valid one. */
  set(fault: Fault): void {
    this.#set(parseFault(fault, this.specification));
  }

  /** Sets one fault or a list that came from outside. Throws an Error that names the field, and sets none then. */
  setAll(value: unknown): void {
    const { specification } = this;
    const checked = Array.isArray(value)
      ? parseFaults(value, specification)
      : [parseFault(value, specification)];
    for (const fault of checked) this.#set(fault);
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

  #set(fault: Fault): void {
    this.#faults.set(scopeKey(fault.conversationId, fault.operation), fault);
  }

  #find(target: FaultTarget): Candidate | undefined {
    const { operation, conversationId, ownIds = [] } = target;
    if (conversationId !== undefined) {
      const ofConversation =
        this.#findSet(conversationId, operation) ?? this.#findSet(conversationId, undefined);
      if (ofConversation) return ofConversation;
    }
    for (const id of conversationId === undefined ? ownIds : [conversationId, ...ownIds]) {
      const special = this.#findSpecial(id, target);
      if (special) return special;
    }
    return this.#findSet(undefined, operation) ?? this.#findSet(undefined, undefined);
  }

  #findSet(conversationId: string | undefined, operation: string | undefined): Candidate | undefined {
    const key = scopeKey(conversationId, operation);
    const fault = this.#faults.get(key);
    return fault && { fault, spend: () => this.#spend(key, fault) };
  }

  #spend(key: string, fault: Fault): void {
    if (fault.times === undefined) return;
    if (fault.times === 1) this.#faults.delete(key);
    else this.#faults.set(key, { ...fault, times: fault.times - 1 });
  }

  #findSpecial(id: string, { operation, isRead = false }: FaultTarget): Candidate | undefined {
    const fault = parseSpecialId(id, this.specification);
    if (!fault) return undefined;
    // To look at a conversation is no reason to use up what its id asks for, unless it asks for that.
    if (fault.operation === undefined ? isRead : fault.operation !== operation) return undefined;
    const hits = this.#hitsOfSpecialIds.get(id) ?? 0;
    if (fault.times !== undefined && hits >= fault.times) return undefined;
    return { fault, spend: () => this.#hitsOfSpecialIds.set(id, hits + 1) };
  }
}
