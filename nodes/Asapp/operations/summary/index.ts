import type { Resource } from '../resource';
import { freeText } from './freeText';
import { intent } from './intent';
import { sendFeedback } from './sendFeedback';
import { structuredData } from './structuredData';

export const summary: Resource = {
  option: { name: 'Summary', value: 'summary' },
  operations: [freeText, intent, sendFeedback, structuredData],
};
