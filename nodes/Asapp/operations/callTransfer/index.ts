import type { Resource } from '../resource';
import { create } from './create';
import { get } from './get';

export const callTransfer: Resource = {
  option: { name: 'Call Transfer', value: 'callTransfer' },
  operations: [create, get],
};
