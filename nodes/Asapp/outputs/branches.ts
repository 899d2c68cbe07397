import type { IDataObject } from 'n8n-workflow';

import type { AsappErrorDetails } from '../errors/asappError';
import { quotedAscii, shown } from '../errors/quoted';
import { readWords } from './messageWords';

/** The output of every failed item that no row takes. */
export const OTHER_ERRORS = 'Other Errors';

/** The value of a row's `errors` that stands for no kind: ASAPP may hold the item, in whatever way it failed. */
export const IN_DOUBT = 'inDoubt';

/** A row of `errorBranches`, read: which failed items it takes. */
export interface ErrorBranch {
  name: string;
  /** Whether it takes items that ASAPP may hold, before any row takes them for their kind. */
  takesDoubtful: boolean;
  takes(error: AsappErrorDetails): boolean;
}

/** What {@link configuredOutputs} looks at: the node's parameters as saved. */
export interface OutputParameters {
  errorHandling?: unknown;
  errorBranches?: { branch?: Array<{ name?: unknown }> };
}

/**
 * The node's outputs on the canvas. n8n saves connections by the place of an output, so the rows come last: adding one
 * moves no connection. n8n evaluates the source text of this function in an expression, so it may use
 * nothing from outside; {@link readBranches} and {@link OTHER_ERRORS} say the same in code.
 */
export const configuredOutputs = ({ errorHandling, errorBranches }: OutputParameters) => {
  if (errorHandling !== 'branches') return [{ type: 'main' }];
  const rows = errorBranches?.branch ?? [];
  const names = rows.map(
    ({ name }, index) => (typeof name === 'string' && name.trim()) || `Branch ${index + 1}`,
  );
  return ['Success', 'Other Errors', ...names].map((displayName) => ({ type: 'main', displayName }));
};

/**
 * Reads the rows of `errorBranches` in their order.
 *
 * @throws Error that names the branch and what is malformed in its codes or words.
 */
export function readBranches(rows: IDataObject[]): ErrorBranch[] {
  return rows.map(({ name, errors, codes, words }, index) => {
    const branchName = (typeof name === 'string' && name.trim()) || `Branch ${index + 1}`;
    const kinds = new Set(Array.isArray(errors) ? (errors as string[]) : []);
    const matchers = readCodes(typeof codes === 'string' ? codes : '', branchName);
    const hasWords = readWords(typeof words === 'string' ? words : '', branchName);
    return {
      name: branchName,
      takesDoubtful: kinds.has(IN_DOUBT),
      takes: ({ kind, code, message }) =>
        kinds.has(kind) ||
        (code !== undefined && matchers.some((matches) => matches(code))) ||
        hasWords(message),
    };
  });
}

/** The place of the row that takes a failed item, -1 if none does: In Doubt goes before everything else. */
export function branchFor(branches: readonly ErrorBranch[], error: AsappErrorDetails): number {
  const doubtful = error.inDoubt === true ? branches.findIndex(({ takesDoubtful }) => takesDoubtful) : -1;
  return doubtful === -1 ? branches.findIndex((branch) => branch.takes(error)) : doubtful;
}

type CodeMatcher = (code: string) => boolean;

/** `<status>-<subcode>` whole, or its beginning with a `*`; the form is from ASAPP's page on error handling. */
const CODE = /^\d{3}-[0-9A-Za-z]+$/;
const CODE_PREFIX = /^(\d{1,3}|\d{3}-[0-9A-Za-z]*)\*$/;

function readCodes(codes: string, branchName: string): CodeMatcher[] {
  return codes
    .split(/[\s,;]+/)
    .filter((code) => code !== '')
    .map((code) => {
      if (CODE.test(code)) return (candidate) => candidate === code;
      if (CODE_PREFIX.test(code)) return (candidate) => candidate.startsWith(code.slice(0, -1));
      throw new Error(
        `'ASAPP Codes' of the branch '${shown(branchName)}' has ${quotedAscii(code)}: write codes such as 400-03, or 429-* for all that begin with 429-`,
      );
    });
}
