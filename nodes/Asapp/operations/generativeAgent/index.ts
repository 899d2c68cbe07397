import type { Resource } from '../resource';
import { analyze } from './analyze';

export const generativeAgent: Resource = {
  option: { name: 'GenerativeAgent', value: 'generativeAgent' },
  operations: [analyze],
};
