import type { Resource } from '../resource';
import { create } from './create';
import { createMany } from './createMany';
import { get } from './get';
import { getAll } from './getAll';

export const message: Resource = {
  option: { name: 'Message', value: 'message' },
  operations: [create, createMany, get, getAll],
};
