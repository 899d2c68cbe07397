import type { FastifySchemaValidationError } from 'fastify/types/schema';

/** Status, code and message for a request that the specification does not allow. */
export interface ValidationError {
  readonly status: 400 | 422;
  readonly code: '400-01' | '400-03' | '422-01';
  readonly message: string;
}

const SHAPE_KEYWORDS = new Set(['required', 'type']);
const DATE_TIME_FORMATS = "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]";

function describe(error: FastifySchemaValidationError): string {
  if (error.keyword === 'required') {
    return `[Path '${error.instancePath}/${String(error.params['missingProperty'])}'] is required`;
  }
  const path = `[Path '${error.instancePath || '/'}']`;
  if (error.keyword === 'enum') {
    return `${path} must be one of ${JSON.stringify(error.params['allowedValues'])}`;
  }
  if (error.keyword === 'format' && error.params['format'] === 'date-time') {
    // ajv adds the value in its verbose mode.
    const value = 'data' in error ? String(error.data) : '';
    return `${path} String ${value} is invalid against requested date format(s) ${DATE_TIME_FORMATS}`;
  }
  return `${path} ${error.message ?? 'is invalid'}`;
}

/**
 * Turns ajv's findings into one answer. The message lists them all; the code is that of the gravest:
 * wrong shape (400-01), then wrong format (400-03), then a value that breaks a rule (422-01).
 */
export function validationError(errors: readonly FastifySchemaValidationError[]): ValidationError {
  const message = `ERROR - ${errors.map(describe).join('; ')}`;
  if (errors.some((error) => SHAPE_KEYWORDS.has(error.keyword))) {
    return { status: 400, code: '400-01', message };
  }
  if (errors.some((error) => error.keyword === 'format')) return { status: 400, code: '400-03', message };
  return { status: 422, code: '422-01', message };
}
