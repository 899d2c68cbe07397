import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { parse } from 'yaml';

/** The parts of a JSON schema that spec/asapp.openapi.yaml uses for requests. */
export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: string[];
  pattern?: string;
}

/** An operation of the specification, without references. */
export interface SpecifiedOperation {
  path: string;
  pathParameters: Record<string, Schema>;
  body: Schema;
  /** The statuses it names, `default` left out. */
  statuses: number[];
}

interface Document {
  servers: Array<{ url: string; description: string }>;
  paths: Record<
    string,
    {
      post?: {
        operationId: string;
        parameters?: Array<{ name: string; in: string; schema: Schema }>;
        requestBody: { content: Record<string, { schema: Schema }> };
        responses: Record<string, unknown>;
      };
    }
  >;
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, { type: string; in: string; name: string }>;
  };
}

const document = parse(readFileSync(resolve(__dirname, '../../spec/asapp.openapi.yaml'), 'utf8')) as Document;

/** Addresses by the name they have in the specification. */
export const SERVERS = Object.fromEntries(document.servers.map(({ description, url }) => [description, url]));

/** Headers that carry the API key. */
export const KEY_HEADERS = Object.values(document.components.securitySchemes).map(({ name }) => name);

/** A POST operation by its `operationId`. */
export function specifiedOperation(operationId: string): SpecifiedOperation {
  for (const [path, { post }] of Object.entries(document.paths)) {
    if (post?.operationId !== operationId) continue;
    const parameters = (post.parameters ?? []).map((parameter) => {
      if (parameter.in !== 'path')
        throw new Error(`A parameter in ${parameter.in} is new here: extend the tests`);
      return [parameter.name, parameter.schema] as const;
    });
    return {
      path,
      pathParameters: Object.fromEntries(parameters),
      body: post.requestBody.content['application/json']!.schema,
      statuses: Object.keys(post.responses)
        .filter((status) => status !== 'default')
        .map(Number),
    };
  }
  throw new Error(`The specification has no POST operation ${operationId}`);
}

/** `schema` itself, or what its reference leads to. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref)?.[1] ?? '';
  const target = document.components.schemas[name];
  if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`);
  return resolved(target);
}

/** The schema at a dotted path below `schema`. */
export function schemaAt(schema: Schema, path: string): Schema {
  return path.split('.').reduce((parent, key) => {
    const child = resolved(parent).properties?.[key];
    if (child === undefined) throw new Error(`The specification has no ${path}`);
    return resolved(child);
  }, schema);
}

/** Dotted paths of everything that can be filled below `schema`; an object without named properties is one of them. */
export function leavesOfSchema(schema: Schema, prefix: string): string[] {
  const whole = resolved(schema);
  for (const keyword of ['allOf', 'anyOf', 'oneOf', 'items', 'patternProperties']) {
    if (keyword in whole) throw new Error(`${prefix} uses ${keyword}, which is new here: extend the tests`);
  }
  const properties = Object.entries(whole.properties ?? {});
  if (properties.length === 0) return [prefix];
  return properties.flatMap(([name, property]) => leavesOfSchema(property, `${prefix}.${name}`));
}

/** Dotted paths of everything in `value` that `schema` names, and of what it does not, which ends in `?`. */
export function leavesOfValue(schema: Schema, value: unknown, prefix: string): string[] {
  const { properties } = resolved(schema);
  if (properties === undefined || typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    const property = properties[name];
    const path = `${prefix}.${name}`;
    return property === undefined ? [`${path}?`] : leavesOfValue(property, part, path);
  });
}
