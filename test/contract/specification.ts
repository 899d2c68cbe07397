import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { parse } from 'yaml';

import type { ENDPOINTS } from '../../nodes/Asapp/transport/endpoints';
import type { RequestRecord } from '../../sandbox';

/** The parts of a JSON schema that the specification uses for requests, without references. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  enum?: string[];
  pattern?: string;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}

type CallId = keyof typeof ENDPOINTS;

/** A call of the specification. */
export interface SpecifiedCall {
  operationId: CallId;
  method: string;
  path: string;
  success: number;
  /** The statuses of errors it names; `default` left out. */
  errors: number[];
  parameters: Parameter[];
  body: Schema | undefined;
  conversationIdPattern: string | undefined;
  /** The values that the specification lists at a path such as `body.sender.role`. */
  enumAt(path: string): string[];
}

interface OperationObject {
  operationId: CallId;
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, unknown>;
}

interface Document {
  servers: Array<{ url: string; description: string }>;
  paths: Record<string, Record<string, OperationObject>>;
  components: { securitySchemes: Record<string, { name: string }> };
}

const raw: unknown = parse(readFileSync(resolve(__dirname, '../../spec/asapp.openapi.yaml'), 'utf8'));
const document = withoutReferences(raw) as Document;

/** Addresses by the name they have in the specification. */
export const SERVERS = Object.fromEntries(document.servers.map(({ description, url }) => [description, url]));

/** Headers that carry the API key. */
export const KEY_HEADERS = Object.values(document.components.securitySchemes).map(({ name }) => name);

/** All calls of the specification. */
export function specifiedCalls(): SpecifiedCall[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses }]) => {
      const statuses = Object.keys(responses)
        .filter((status) => status !== 'default')
        .map(Number);
      const body = requestBody?.content['application/json'].schema;
      return {
        operationId,
        method: method.toUpperCase(),
        path,
        success: statuses.find((status) => status < 300) ?? NaN,
        errors: statuses.filter((status) => status >= 300),
        parameters,
        body,
        conversationIdPattern: parameters.find(({ name }) => name === 'conversationId')?.schema.pattern,
        enumAt: (place) => schemaAt(body ?? {}, place.split('.').slice(1)).enum ?? [],
      };
    }),
  );
}

/** A call by its operationId. */
export function specifiedCall(operationId: CallId): SpecifiedCall {
  const call = specifiedCalls().find((candidate) => candidate.operationId === operationId);
  if (call === undefined) throw new Error(`The specification has no ${operationId}`);
  return call;
}

/** Everything that a call can be given, as paths such as `query.externalId` and `body.messages[].text`. */
export function leavesOfSchema({ parameters, body }: SpecifiedCall): string[] {
  const given = parameters.map(({ name, in: place }) => `${place}.${name}`);
  return body === undefined ? given : [...given, ...leaves(body, 'body')];
}

/** What a request has of it; a part that the specification does not have ends in `?`. */
export function leavesOfRequest({ path, parameters, body }: SpecifiedCall, request: RequestRecord): string[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => `path.${name}`);
  const inQuery = Object.keys(request.query).map((name) => `query.${name}`);
  const inHeader = parameters
    .filter(({ name, in: place }) => place === 'header' && request.headers[name.toLowerCase()] !== undefined)
    .map(({ name }) => `header.${name}`);
  const inBody = body === undefined ? [] : leavesOfValue(body, request.body, 'body');
  return [...inPath, ...inQuery, ...inHeader, ...inBody];
}

/** Parts of the body for which the specification allows one value only, and that value. */
export function constantsOf({ body }: SpecifiedCall): Array<[path: string, value: string]> {
  if (body === undefined) return [];
  return leaves(body, 'body').flatMap((path): Array<[string, string]> => {
    const [only, ...others] = schemaAt(body, path.split('.').slice(1)).enum ?? [];
    return only === undefined || others.length > 0 ? [] : [[path, only]];
  });
}

/** The values at a path of the body, none if it is not there. */
export function valuesAt(body: unknown, path: string): unknown[] {
  const keys = path.split('.').slice(1);
  const value = keys.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    body,
  );
  return value === undefined ? [] : [value];
}

function leaves(schema: Schema, prefix: string): string[] {
  if (schema.items !== undefined) return leaves(schema.items, `${prefix}[]`);
  const properties = Object.entries(propertiesOf(schema));
  if (properties.length === 0) return [prefix];
  return properties.flatMap(([name, property]) => leaves(property, `${prefix}.${name}`));
}

function leavesOfValue(schema: Schema, value: unknown, prefix: string): string[] {
  const { items } = schema;
  if (items !== undefined && Array.isArray(value)) {
    return value.flatMap((entry) => leavesOfValue(items, entry, `${prefix}[]`));
  }
  const properties = propertiesOf(schema);
  if (Object.keys(properties).length === 0 || typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    const property = properties[name];
    const path = `${prefix}.${name}`;
    return property === undefined ? [`${path}?`] : leavesOfValue(property, part, path);
  });
}

function schemaAt(schema: Schema, keys: string[]): Schema {
  return keys.reduce((parent, key) => {
    const child = propertiesOf(parent)[key.replace('[]', '')];
    if (child === undefined) throw new Error(`The specification has no ${keys.join('.')}`);
    return key.endsWith('[]') ? (child.items ?? {}) : child;
  }, schema);
}

/** Of a schema made of others, or of one of others, the properties of all of them. */
function propertiesOf({ properties = {}, allOf = [], oneOf = [] }: Schema): Record<string, Schema> {
  return Object.assign({}, ...[...allOf, ...oneOf].map(propertiesOf), properties) as Record<string, Schema>;
}

function withoutReferences(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutReferences);
  const { $ref } = value as { $ref?: unknown };
  if (typeof $ref === 'string') {
    const keys = $ref.replace('#/', '').split('/');
    return withoutReferences(keys.reduce((part, key) => (part as Record<string, unknown>)[key], raw));
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutReferences(part)]));
}
