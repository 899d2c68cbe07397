import type { INodeExecutionData } from 'n8n-workflow';

import { EVENT_TYPES, type GenerativeAgentEvent } from './event';

/** The output of events whose type is none of {@link EVENT_TYPES}. */
export const OTHER_EVENTS = 'Other Events';

/** What {@link configuredOutputs} looks at: a trigger's parameters as saved. */
export interface OutputParameters {
  outputMode?: unknown;
  events?: string[];
}

/**
 * A trigger's outputs on the canvas. n8n evaluates the source text of this function in an expression, so it may use
 * nothing from outside; `names` are the types' display names. {@link routeEvents} says the same in code.
 */
export const configuredOutputs = (
  { outputMode, events }: OutputParameters,
  names: { [type: string]: string },
) => {
  if (outputMode !== 'perEvent') return [{ type: 'main' }];
  const chosen = (events ?? []).map((type) => names[type] ?? type);
  return [...chosen, 'Other Events'].map((displayName) => ({ type: 'main', displayName }));
};

const NAMES = Object.fromEntries(EVENT_TYPES.map(({ value, name }) => [value, name]));

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
    outputMode === 'perEvent' ? [...chosen, OTHER_EVENTS].map(() => []) : [[]];
  for (const event of events) outputs[outputOf(event, chosen, outputMode)]?.push({ json: event });
  return outputs.some(({ length }) => length > 0) ? outputs : undefined;
}

/** -1 is no output. */
function outputOf({ type }: GenerativeAgentEvent, chosen: readonly string[], outputMode: unknown): number {
  const place = chosen.indexOf(type);
  if (outputMode !== 'perEvent') return place === -1 ? -1 : 0;
  const isOther = place === -1 && !(type in NAMES);
  return isOther ? chosen.length : place;
}
