// The promises of the README that several laws hold, each as a question to what the local ASAPP has seen.
import type { Asapp } from '../../support/asapp';

/** Nothing is said twice. */
export function expectNothingSaidTwice({ sandbox }: Asapp): void {
  expect(sandbox.ledger.acceptedMoreThanOnce()).toEqual([]);
}

/** A conversation has one request at a time; `operation`: of this kind alone, as looks may go beside them. */
export function expectConversationsTakeTurns({ sandbox }: Asapp, operation?: string): void {
  const overlapping = sandbox.ledger.requests.filter(
    (request) =>
      request.inFlightWith.length > 0 && (operation === undefined || request.operation === operation),
  );
  expect(overlapping).toEqual([]);
}

/** What a conversation holds is in the order of the items that said it, by their numbers. */
export function expectInputOrder(items: readonly number[]): void {
  expect(items).toEqual([...items].sort((one, other) => one - other));
}
