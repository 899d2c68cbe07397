import { z } from 'zod';

import { MAX_LATENCY } from './latency';
import { packagedSpecification, type Specification } from './specification';

const latency = z.number().int().min(0).max(MAX_LATENCY);
const answerStatus = z.number().int().min(200).max(599);

const scopeAndCommon = {
  conversationId: z.string().min(1).optional(),
  operation: z.string().optional(),
  times: z.number().int().min(1).optional(),
  latency: latency.optional(),
  accepted: z.boolean().optional(),
  startsRun: z.boolean().optional(),
};

function fault<Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.object({ fault: z.literal(name), ...scopeAndCommon, ...shape }).strict();
}

const definition = z.discriminatedUnion('fault', [
  fault('status', {
    status: z.number().int().min(400).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    retryAfter: z.number().int().min(0).optional(),
  }),
  // The body is not read, so there is nothing that could be accepted.
  fault('resetBeforeReading', { accepted: z.literal(false).optional() }),
  fault('resetAfterReading', {}),
  fault('noAnswer', {}),
  fault('truncatedBody', {}),
  fault('html', { status: answerStatus }),
  fault('emptyBody', { status: answerStatus.optional() }),
  fault('malformedBody', { status: answerStatus.optional() }),
  fault('redirect', {
    location: z.string().url().optional(),
    status: z.union([z.literal(302), z.literal(307), z.literal(308)]).optional(),
  }),
  fault('latency', { latency }),
]);

/**
 * A misbehaviour as plain JSON, told apart by `fault`. `conversationId` and `operation` say which requests
 * it hits (absent: all), `times` how many (absent: all), `latency` the milliseconds before anything
 * happens, `accepted` whether the request counts although the answer says otherwise, or the reverse, and
 * `startsRun: false` that GenerativeAgent does not take notice of what is accepted.
 */
export type Fault = z.infer<typeof definition>;

/** The names a fault can have. */
export type FaultName = Fault['fault'];

function describeIssue(issue: z.ZodIssue): string {
  const field = issue.path.join('.');
  return field ? `${field}: ${issue.message}` : issue.message;
}

/** The name of an operation that is called by its name or its operationId; undefined if there is none. */
function operationName(operation: string, { operations }: Specification): string | undefined {
  return operations.find(({ name, operationId }) => [name, operationId].includes(operation))?.name;
}

/** Checks a fault that came from outside. Throws an Error that names the wrong fields. */
export function parseFault(value: unknown, specification = packagedSpecification()): Fault {
  const result = definition.safeParse(value);
  if (!result.success) throw new Error(result.error.issues.map(describeIssue).join('; '));
  const { operation } = result.data;
  if (operation === undefined) return result.data;
  const name = operationName(operation, specification);
  if (name === undefined) throw new Error(`operation: there is no operation ${operation}`);
  return { ...result.data, operation: name };
}

/** Checks a list of faults. Throws an Error that names the entry, counted from 1, and its wrong fields. */
export function parseFaults(value: unknown, specification = packagedSpecification()): Fault[] {
  if (!Array.isArray(value)) throw new Error('expected an array of faults');
  return value.map((entry: unknown, index) => {
    try {
      return parseFault(entry, specification);
    } catch (error) {
      throw new Error(`fault ${index + 1}: ${(error as Error).message}`);
    }
  });
}
