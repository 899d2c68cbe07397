import { numberWithin } from '../fields/number';
import type { ItemParameters } from '../fields/ItemParameters';
import { LIMITS } from '../operations/commonFields';

/** The numbers that shape how items are delivered: `options` of the node, of its first item if they are expressions. */
export interface DeliveryOptions {
  maxConcurrency: number;
  maxRequestsPerSecond: number;
  maxRetries: number;
  /** In seconds. */
  replyTimeout: number;
}

/** @throws AsappError `invalidInput` for an unreasonable number. */
export function deliveryOptions(parameters: ItemParameters): DeliveryOptions {
  const option = (name: keyof DeliveryOptions, displayName: string) =>
    numberWithin(parameters, `options.${name}`, { displayName }, LIMITS[name]);
  return {
    maxConcurrency: option('maxConcurrency', 'Max Concurrency'),
    maxRequestsPerSecond: option('maxRequestsPerSecond', 'Max Requests per Second'),
    maxRetries: option('maxRetries', 'Max Retries'),
    replyTimeout: option('replyTimeout', 'Reply Timeout'),
  };
}
