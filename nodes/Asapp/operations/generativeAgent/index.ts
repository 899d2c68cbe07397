import type { Resource } from '../resource';
import { analyze } from './analyze';
import { createStream } from './createStream';
import { getState } from './getState';

export const generativeAgent: Resource = {
  option: { name: 'GenerativeAgent', value: 'generativeAgent' },
  operations: [analyze, createStream, getState],
};
