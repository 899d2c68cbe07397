import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';

import type { FastifyError } from 'fastify';

import { validationError } from './validationError';

/** The body ASAPP gives every error. */
export interface ErrorBody {
  readonly error: { readonly requestId: string; readonly code: string; readonly message: string };
}

/** An answer that is an error: its HTTP status, ASAPP's code for it, and the message. */
export class AsappError extends Error {
  override readonly name = 'AsappError';

  constructor(
    readonly status: number,
    message: string = STATUS_CODES[status] ?? 'Error',
    readonly code: string = `${status}-01`,
  ) {
    super(message);
  }

  /** The body of the answer, with a fresh request id. */
  toBody(): ErrorBody {
    return { error: { requestId: randomUUID(), code: this.code, message: this.message } };
  }
}

/** Whatever went wrong while a request was served, as the error ASAPP would answer. */
export function toAsappError(error: FastifyError | AsappError): AsappError {
  if (error instanceof AsappError) return error;
  if (error.validation) {
    const { status, code, message } = validationError(error.validation);
    return new AsappError(status, message, code);
  }
  const status = error.statusCode ?? 500;
  // ASAPP's contract has no 415.
  return new AsappError(status === 415 ? 400 : status, error.message);
}
