import type { Resource } from '../resource';
import { authenticate } from './authenticate';
import { createOrUpdate } from './createOrUpdate';
import { find } from './find';
import { get } from './get';

export const conversation: Resource = {
  option: { name: 'Conversation', value: 'conversation' },
  operations: [authenticate, createOrUpdate, find, get],
};
