import type { IExecuteFunctions } from 'n8n-workflow';

import type { Waiting } from '../delivery/attempts';
import type { ItemValues, Operation } from '../operations/operation';
import type { ApiKey } from './apiKeys';
import type { Run } from './run';

/** An item that was read and checked, and everything it is sent with. Both time limits are in seconds. */
export interface ReadItem {
  context: IExecuteFunctions;
  operation: Operation;
  values: ItemValues;
  apiKey: ApiKey;
  timeout: number;
  replyTimeout: number;
  itemIndex: number;
  run: Run;
  waiting: Waiting;
}
