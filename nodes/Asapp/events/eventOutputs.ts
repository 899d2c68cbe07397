import type { INodeExecutionData } from 'n8n-workflow';

import type { EventType, GenerativeAgentEvent } from './event';

/** The output of events whose type is none that ASAPP documents. */
export const OTHER_EVENTS = 'Other Events';

/** What {@link configuredOutputs} looks at: a trigger's parameters as saved. */
export interface OutputParameters {
  outputMode?: unknown;
  events?: string[];
}

/**
 * A trigger's outputs on the canvas. n8n saves connections by the place of an output, so the types come last: adding one
 * moves no connection. n8n evaluates the source text of this function in an expression, so it may use nothing from
 * outside; `names` are what the outputs of types are called. {@link routeEvents} says the same in code.
 */
export const configuredOutputs = (
  { outputMode, events }: OutputParameters,
  names: { [type: string]: string },
) => {
  if (outputMode !== 'perEvent') return [{ type: 'main' }];
  const chosen = (events ?? []).map((type) => names[type] ?? type);
  return ['Other Events', ...chosen].map((displayName) => ({ type: 'main', displayName }));
};

/** n8n cuts what is longer than about twelve letters at an output. */
const NAMES: Record<EventType, string> = {
  authenticationRequested: 'Auth Request',
  processingEnd: 'End',
  processingStart: 'Start',
  reply: 'Reply',
  transferToAgent: 'To Agent',
  transferToSystem: 'To System',
};

/** {@link configuredOutputs} as the expression that a node's description takes. */
export const outputsExpression =
  `={{(${configuredOutputs.toString()})($parameter, ${JSON.stringify(NAMES)})}}` as const;

/**
 * The items of each output, in the order of the events; undefined if none leaves. A documented type that is not among
 * `chosen` never leaves. A type that nobody knows yet leaves on {@link OTHER_EVENTS}, where there is that output.
 */
export function routeEvents(
  events: readonly GenerativeAgentEvent[],
  chosen: readonly string[],
  outputMode: unknown,
): INodeExecutionData[][] | undefined {
  const outputs: INodeExecutionData[][] =
    outputMode === 'perEvent' ? [OTHER_EVENTS, ...chosen].map(() => []) : [[]];
  for (const event of events) outputs[outputOf(event, chosen, outputMode)]?.push({ json: event });
  return outputs.some(({ length }) => length > 0) ? outputs : undefined;
}

/** -1 is no output. */
function outputOf({ type }: GenerativeAgentEvent, chosen: readonly string[], outputMode: unknown): number {
  const place = chosen.indexOf(type);
  if (outputMode !== 'perEvent') return place === -1 ? -1 : 0;
  if (place !== -1) return place + 1;
  return type in NAMES ? -1 : 0;
}
