import type { INodeParameters } from 'n8n-workflow';

import { analyzeParameters } from './parameters';

/** A row of `errorBranches`. */
export interface BranchRow {
  name: string;
  errors: string[];
  codes: string;
  words?: string;
}

/** Rows for the tests: two kinds of row, one of them by code. */
export const ROWS: BranchRow[] = [
  { name: 'Retry Later', errors: ['tooManyRequests', 'serviceUnavailable'], codes: '' },
  { name: 'Fix Request', errors: ['invalidInput', 'badRequest'], codes: '' },
  { name: 'Not Found', errors: ['notFound'], codes: '' },
];

/** The parameters of an Analyze with own branches, its conversation taken from the item's `id`. */
export function branchParameters(rows: BranchRow[] = ROWS, changes: INodeParameters = {}): INodeParameters {
  return analyzeParameters({
    conversationId: '={{ $json.id }}',
    errorHandling: 'branches',
    errorBranches: { branch: rows.map((row) => ({ ...row })) },
    ...changes,
  });
}
