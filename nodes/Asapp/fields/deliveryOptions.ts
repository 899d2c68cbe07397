import { numberField } from './number';

/** Entries that the Options collection of every operation has, by name; all times are in seconds. */
export const deliveryOptions = {
  maxConcurrency: numberField(
    {
      displayName: 'Max Concurrency',
      name: 'maxConcurrency',
      type: 'number',
      default: 10,
      description:
        'How many items may be on their way to ASAPP at the same time, from 1 to 200. Items of one conversation always go one after another.',
    },
    { minimum: 1, maximum: 200, fallback: 10, isWhole: true },
  ),
  maxRequestsPerSecond: numberField(
    {
      displayName: 'Max Requests per Second',
      name: 'maxRequestsPerSecond',
      type: 'number',
      default: 100,
      hint: 'Requests a second',
      description:
        "How many requests may start each second, from 0.1 to 5000. All executions of this n8n process that use the same API ID share it. ASAPP's own limit is 100.",
    },
    { minimum: 0.1, maximum: 5_000, fallback: 100 },
  ),
  maxRetries: numberField(
    {
      displayName: 'Max Retries',
      name: 'maxRetries',
      type: 'number',
      default: 3,
      description:
        'How many times an item is sent again after a 429, a 5xx or a failed connection, from 0 to 10. A message that ASAPP may have accepted is never sent again.',
    },
    { minimum: 0, maximum: 10, fallback: 3, isWhole: true },
  ),
  maxOutage: numberField(
    {
      displayName: 'Max Outage',
      name: 'maxOutage',
      type: 'number',
      default: 60,
      description:
        'How many seconds to wait for ASAPP if it does not answer any item, from 0 to 3600. Items that wait use up no retries; then what is left fails unsent. 0 does not wait.',
    },
    { minimum: 0, maximum: 3_600, fallback: 60 },
  ),
  timeout: numberField(
    {
      displayName: 'Timeout',
      name: 'timeout',
      type: 'number',
      default: 30,
      hint: 'Seconds',
      description: 'How many seconds to wait for ASAPP to answer one request, from 0.1 to 300',
    },
    { minimum: 0.1, maximum: 300, fallback: 30 },
  ),
};

/** The entry of operations that GenerativeAgent can be waited for after. */
export const replyTimeout = numberField(
  {
    displayName: 'Reply Timeout',
    name: 'replyTimeout',
    type: 'number',
    default: 60,
    hint: 'Seconds',
    displayOptions: { show: { '/waitForReply': [true] } },
    description:
      "How many seconds to wait for the end of GenerativeAgent's reply after ASAPP accepted the item, from 0.1 to 3600",
  },
  { minimum: 0.1, maximum: 3_600, fallback: 60 },
);
