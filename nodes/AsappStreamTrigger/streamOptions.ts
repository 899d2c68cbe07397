import { NodeOperationError, type INodeProperties, type ITriggerFunctions } from 'n8n-workflow';

/** The options of a stream; `silenceLimit` is in seconds, and undefined if it is to be learned. */
export interface StreamOptions {
  maxExecutions: number;
  silenceLimit: number | undefined;
}

const MAX_EXECUTIONS = { name: 'Max Executions', minimum: 0, maximum: 1_000, fallback: 10 };
const SILENCE_LIMIT = { name: 'Silence Limit', minimum: 0, maximum: 86_400, fallback: 0 };

/** Entries of the Options collection that only a stream has. */
export const streamOptions: INodeProperties[] = [
  {
    displayName: MAX_EXECUTIONS.name,
    name: 'maxExecutions',
    type: 'number',
    typeOptions: { minValue: MAX_EXECUTIONS.minimum, maxValue: MAX_EXECUTIONS.maximum },
    default: 10,
    description:
      'How many executions of this workflow the stream may have running at the same time, up to 1000; the events after them wait. With 1 they run in the order of the events. With 0 there is no limit.',
  },
  {
    displayName: SILENCE_LIMIT.name,
    name: 'silenceLimit',
    type: 'number',
    typeOptions: { minValue: SILENCE_LIMIT.minimum, maxValue: SILENCE_LIMIT.maximum },
    default: 120,
    description:
      'After how many seconds without anything on the stream it is connected again, up to 86400. Without this option, or with 0, that follows from how often the stream shows signs of life.',
  },
];

/** @throws NodeOperationError that names the option whose value is out of range. */
export function readStreamOptions(context: ITriggerFunctions): StreamOptions {
  const read = (name: string, range: typeof MAX_EXECUTIONS): number => {
    const value = context.getNodeParameter(`options.${name}`, range.fallback);
    const number = Number(value);
    if (Number.isInteger(number) && number >= range.minimum && number <= range.maximum) return number;
    throw new NodeOperationError(
      context.getNode(),
      `'${range.name}' must be a whole number from ${range.minimum} to ${range.maximum}`,
    );
  };
  const silenceLimit = read('silenceLimit', SILENCE_LIMIT);
  return {
    maxExecutions: read('maxExecutions', MAX_EXECUTIONS),
    silenceLimit: silenceLimit === 0 ? undefined : silenceLimit,
  };
}
