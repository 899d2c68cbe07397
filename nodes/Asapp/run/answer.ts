import type { IDataObject } from 'n8n-workflow';

import type { ItemValues, Operation } from '../operations/operation';
import { endpointOf, type Endpoint, type EndpointId } from '../transport/endpoint';
import type { HttpAnswer } from '../transport/exchange';
import { isJsonObject } from '../transport/jsonObject';

/** The output items of a success, or a flaw that continues "ASAPP answered 200, but the answer …". */
export type Reading = { items: IDataObject[] } | { flaw: string };

/** Reads an answer that has a status of success: its body as the specification describes it, and nothing else. */
export function readAnswer(
  operation: Operation,
  endpoint: EndpointId,
  answer: HttpAnswer,
  values: ItemValues,
): Reading {
  const { answer: shape } = endpointOf(endpoint);
  // Where nothing is documented to come back, whatever does takes nothing from the success; a page is not ASAPP's.
  const withoutBody = (): Reading =>
    answer.body.trimStart().startsWith('<')
      ? { flaw: 'is not JSON' }
      : { items: [operation.output(values, {})] };
  if (shape === undefined) return withoutBody();
  const body = objectIn(answer.body);
  if (typeof body === 'string') {
    return Object.keys(shape.types).length === 0 ? withoutBody() : { flaw: body };
  }
  const flaw = flawOf(body, shape);
  if (flaw !== undefined) return { flaw };
  return operation.list === undefined
    ? { items: [operation.output(values, body)] }
    : entriesOf(body[operation.list.key], operation.list.limit?.(values));
}

function entriesOf(list: unknown, limit: number | undefined): Reading {
  if (!Array.isArray(list)) return { flaw: 'has no list' };
  if (!list.every(isJsonObject)) return { flaw: 'has a list of something else than objects' };
  return { items: list.slice(0, limit) };
}

/** The JSON object in a text, or what is wrong with it. */
export function objectIn(text: string): IDataObject | string {
  if (text.trim() === '') return 'is empty';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  return isJsonObject(value) ? value : 'is not an object';
}

function flawOf(body: IDataObject, { types, required }: NonNullable<Endpoint['answer']>): string | undefined {
  // n8n would take an item with a top-level error for a failed one.
  if (Boolean(body.error)) return 'reports an error';
  const missing = required.find((key) => body[key] === undefined || body[key] === null);
  if (missing !== undefined) return `has no ${missing}`;
  for (const [key, type] of Object.entries(types)) {
    const value = body[key];
    if (value !== undefined && value !== null && typeOf(value) !== type) {
      return `has a ${key} that is not ${TYPE_NAMES[type] ?? `a ${type}`}`;
    }
  }
  return undefined;
}

const TYPE_NAMES: Record<string, string> = { string: 'text', object: 'an object', array: 'a list' };

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
