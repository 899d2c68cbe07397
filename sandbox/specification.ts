import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FILE_NAME = 'asapp.openapi.yaml';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** A JSON schema as it stands in the specification. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One operation of the specification, in the shape Fastify wants for a route. */
export interface SpecifiedOperation {
  readonly operationId: string;
  readonly method: string;
  /** The path with parameters the Fastify way: `/conversations/:conversationId`. */
  readonly url: string;
  readonly schema: {
    readonly params?: JsonSchema;
    readonly querystring?: JsonSchema;
    readonly body?: JsonSchema;
  };
}

/** What the sandbox takes from spec/asapp.openapi.yaml. */
export interface Specification {
  /** The shared schemas under one id, so that a `$ref` of an operation resolves. */
  readonly sharedSchemas: JsonSchema;
  readonly operations: readonly SpecifiedOperation[];
  /** What every conversation id looks like. The body of Analyze does not say so, the path parameter does. */
  readonly conversationId: RegExp;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: ReadonlyArray<Parameter | { readonly $ref: string }>;
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: JsonSchema;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/** A schema that is compiled apart from the document has to name the document in its references. */
function withAbsoluteReferences(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('#') ? FILE_NAME + value : value,
  ) as JsonSchema;
}

function parameterSchema(parameters: readonly Parameter[], place: Parameter['in']): JsonSchema | undefined {
  const there = parameters.filter((parameter) => parameter.in === place);
  if (there.length === 0) return undefined;
  return {
    type: 'object',
    required: there.filter(({ required }) => required === true).map(({ name }) => name),
    properties: Object.fromEntries(
      there.map((parameter) => [parameter.name, withAbsoluteReferences(parameter.schema)]),
    ),
  };
}

/** The parameters of an operation, those that are references looked up. */
function parametersOf({ parameters = [] }: OperationObject, { components }: OpenApiDocument): Parameter[] {
  return parameters.map((parameter) => {
    if (!('$ref' in parameter)) return parameter;
    const target = components.parameters[parameter.$ref.replace('#/components/parameters/', '')];
    if (!target) throw new Error(`${FILE_NAME}: ${parameter.$ref} leads nowhere`);
    return target;
  });
}

function specifiedOperation(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: OperationObject,
): SpecifiedOperation {
  const parameters = parametersOf(operation, document);
  const params = parameterSchema(parameters, 'path');
  const querystring = parameterSchema(parameters, 'query');
  const body = operation.requestBody?.content['application/json'].schema;
  return {
    operationId: operation.operationId,
    method: method.toUpperCase(),
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: {
      ...(params && { params }),
      ...(querystring && { querystring }),
      ...(body && { body: withAbsoluteReferences(body) }),
    },
  };
}

function conversationIdPattern(document: OpenApiDocument): RegExp {
  const pattern = document.components.parameters['ConversationId']?.schema['pattern'];
  if (typeof pattern !== 'string') throw new Error(`${FILE_NAME} has no pattern for conversationId`);
  return new RegExp(pattern);
}

/** Reads the specification. Throws if the file is missing or is not YAML. */
export function loadSpecification(): Specification {
  const file = join(__dirname, '..', 'spec', FILE_NAME);
  const document = parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [specifiedOperation(document, path, method, operation)] : [];
    }),
  );
  return {
    sharedSchemas: { $id: FILE_NAME, components: { schemas: document.components.schemas } },
    operations,
    conversationId: conversationIdPattern(document),
  };
}
