import type { Resource } from '../resource';
import { authenticate } from './authenticate';

export const conversation: Resource = {
  option: { name: 'Conversation', value: 'conversation' },
  operations: [authenticate],
};
