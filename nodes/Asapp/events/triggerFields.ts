import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { EVENT_TYPES, type GenerativeAgentEvent } from './event';
import { routeEvents } from './eventOutputs';
import { withoutRepeats, type Memory } from './repeats';

const ignoreRepeats: INodeProperties = {
  displayName: 'Ignore Repeats',
  name: 'ignoreRepeats',
  type: 'boolean',
  default: true,
  description:
    'Whether to drop an event that is the same, in every detail, as one of the last 500 that this n8n process received',
};

/**
 * Parameters that every trigger has; `options` are those of one kind. No expression may be used in the first two: they shape the node's outputs, which
 * n8n computes once for the node.
 */
export const triggerFields = (options: INodeProperties[] = []): INodeProperties[] => [
  {
    displayName: 'Events',
    name: 'events',
    type: 'multiOptions',
    noDataExpression: true,
    required: true,
    options: EVENT_TYPES.map((type) => ({ ...type })),
    default: [...EVENT_TYPES.map(({ value }) => value)],
    description: 'The events that start the workflow; others are received and dropped',
  },
  {
    displayName: 'Output Mode',
    name: 'outputMode',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Single Output',
        value: 'single',
        description: 'All chosen events leave on one output; their type tells them apart',
      },
      {
        name: 'One Output per Event',
        value: 'perEvent',
        description:
          "Each chosen event has an output of its own, and 'Other Events' takes types that this node does not know yet",
      },
    ],
    default: 'single',
    description: 'Which outputs the node has',
  },
  {
    displayName:
      'Each event is an output of this node. An event that you choose comes last and moves no connection. Connections stay at the place of an output: after you remove an event, check them on the canvas.',
    name: 'outputsNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { outputMode: ['perEvent'] } },
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [ignoreRepeats, ...options],
  },
];

/** A trigger's context, as far as {@link outputsFor} asks it. */
interface TriggerParameters {
  getNodeParameter(name: string, fallback?: unknown): unknown;
  getWorkflowStaticData(type: string): IDataObject;
  getWorkflow(): { id?: string };
  getNode(): { id: string };
  getMode(): string;
}

/** What leaves the trigger for these events, by its {@link triggerFields}; undefined if nothing does. */
export function outputsFor(
  context: TriggerParameters,
  events: readonly GenerativeAgentEvent[],
): INodeExecutionData[][] | undefined {
  const chosen = context.getNodeParameter('events', []);
  const isIgnoringRepeats = context.getNodeParameter('options.ignoreRepeats', false) === true;
  const fresh = isIgnoringRepeats ? withoutRepeats(events, memoryOf(context)) : events;
  return routeEvents(
    fresh,
    Array.isArray(chosen) ? chosen.map(String) : [],
    context.getNodeParameter('outputMode', 'single'),
  );
}

function memoryOf(context: TriggerParameters): Memory {
  const nodeKey = JSON.stringify([context.getWorkflow().id, context.getNode().id]);
  return {
    staticData: context.getWorkflowStaticData('node'),
    nodeKey: context.getMode() === 'manual' ? undefined : nodeKey,
  };
}
