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
  if (error.keyword === 'oneOf') return `${path} must have exactly one of ${alternatives(error).join(', ')}`;
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

/** Whether something is missing or of the wrong type. */
function isShape({ keyword, params }: FastifySchemaValidationError): boolean {
  return SHAPE_KEYWORDS.has(keyword) || (keyword === 'oneOf' && params['passingSchemas'] === null);
}

/** The names of which a request needs exactly one, if these are alternatives of that kind. */
function alternatives(error: FastifySchemaValidationError): string[] {
  // ajv adds the schemas in its verbose mode.
  const schemas = 'schema' in error && Array.isArray(error.schema) ? error.schema : [];
  return schemas.flatMap((schema: { required?: string[] }) => schema.required ?? []);
}

function ofAlternative(
  error: FastifySchemaValidationError,
  union: FastifySchemaValidationError,
): string | undefined {
  const prefix = `${union.schemaPath}/`;
  return error.schemaPath.startsWith(prefix)
    ? error.schemaPath.slice(prefix.length).split('/', 1)[0]
    : undefined;
}

/**
 * What ajv finds wrong with alternatives, without what those lack that were not meant: the ones of which nothing is
 * missing were. If there are none, or several fit, that itself is what is wrong.
 */
function withoutUnmeant(errors: readonly FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const union = errors.find(({ keyword }) => keyword === 'oneOf');
  if (!union) return [...errors];
  const incomplete = new Set(
    errors.filter(({ keyword }) => keyword === 'required').map((error) => ofAlternative(error, union)),
  );
  const others = errors.filter((error) => error !== union);
  const meant = others.filter((error) => {
    const alternative = ofAlternative(error, union);
    return alternative === undefined || !incomplete.has(alternative);
  });
  return meant.some((error) => ofAlternative(error, union) !== undefined) ? meant : [union, ...meant];
}

/**
 * Turns ajv's findings into one answer. The message lists them all; the code is that of the gravest:
 * wrong shape (400-01), then wrong format (400-03), then a value that breaks a rule (422-01).
 */
export function validationError(found: readonly FastifySchemaValidationError[]): ValidationError {
  const errors = withoutUnmeant(found);
  const message = `ERROR - ${errors.map(describe).join('; ')}`;
  if (errors.some(isShape)) {
    return { status: 400, code: '400-01', message };
  }
  if (errors.some((error) => error.keyword === 'format')) return { status: 400, code: '400-03', message };
  return { status: 422, code: '422-01', message };
}
