import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FILE = join(__dirname, '..', 'spec', 'asapp.openapi.yaml');
/** What references call the document. */
const DOCUMENT = 'asapp.openapi.yaml';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Names that faults and the ledger had before they went by operationId. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  postAuthenticate: 'authenticate',
  postAnalyze: 'analyze',
  getHealth: 'health',
  postStreams: 'streams',
  getState: 'state',
};

/** A JSON schema as it stands in the specification. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One operation of the specification. */
export interface SpecifiedOperation {
  readonly operationId: string;
  /** What faults, special ids and the ledger call it: the operationId, or a shorter name. */
  readonly name: string;
  /** In upper case. */
  readonly method: string;
  /** The path with parameters the Fastify way: `/conversations/:conversationId`. */
  readonly url: string;
  /** What a request has to look like, in the shape Fastify wants for a route. */
  readonly schema: {
    readonly params?: JsonSchema;
    readonly querystring?: JsonSchema;
    readonly body?: JsonSchema;
  };
  /** The body of a request without references; undefined if there is none. */
  readonly requestBody: JsonSchema | undefined;
  readonly success: {
    readonly status: number;
    /** The body of the answer without references; undefined if there is none. */
    readonly body: JsonSchema | undefined;
  };
  /** The statuses of errors it names; 500 stands for its default. */
  readonly errors: readonly number[];
}

/** What the sandbox takes from spec/asapp.openapi.yaml. */
export interface Specification {
  /** The shared schemas under one id, so that a `$ref` of an operation resolves. */
  readonly sharedSchemas: JsonSchema;
  readonly operations: readonly SpecifiedOperation[];
  /** What every conversation id looks like. The body of Analyze does not say so, the path parameter does. */
  readonly conversationId: RegExp;
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Content {
  readonly content?: { readonly 'application/json': { readonly schema: JsonSchema } };
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: ReadonlyArray<Parameter | Reference>;
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: JsonSchema;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/**
 * A schema for the validator: one that is compiled apart from the document has to name the document in its
 * references, and the extensions of the specification are no keywords.
 */
function forValidator(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key.startsWith('x-')) return undefined;
    return key === '$ref' && typeof value === 'string' && value.startsWith('#') ? DOCUMENT + value : value;
  }) as JsonSchema;
}

/** What a reference like `#/components/schemas/Message` leads to. */
function lookUp(reference: string, document: OpenApiDocument): unknown {
  const keys = reference.replace(/^#\//, '').split('/');
  const target = keys.reduce<unknown>(
    (part, key) => (part as Readonly<Record<string, unknown>> | undefined)?.[key],
    document,
  );
  if (target === undefined) throw new Error(`${DOCUMENT}: ${reference} leads nowhere`);
  return target;
}

/** A value of the document in which what is referred to stands where the reference was. */
function withoutReferences(value: unknown, document: OpenApiDocument): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => withoutReferences(entry, document));
  const reference = (value as Partial<Reference>).$ref;
  if (typeof reference === 'string') return withoutReferences(lookUp(reference, document), document);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withoutReferences(entry, document)]),
  );
}

function parameterSchema(parameters: readonly Parameter[], place: Parameter['in']): JsonSchema | undefined {
  const there = parameters.filter((parameter) => parameter.in === place);
  if (there.length === 0) return undefined;
  return {
    type: 'object',
    required: there.filter(({ required }) => required === true).map(({ name }) => name),
    properties: Object.fromEntries(there.map(({ name, schema }) => [name, forValidator(schema)])),
  };
}

function bodyOf(content: Content | undefined): JsonSchema | undefined {
  return content?.content?.['application/json'].schema;
}

function specifiedOperation(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: OperationObject,
): SpecifiedOperation {
  const { operationId, requestBody, responses } = operation;
  const parameters = withoutReferences(operation.parameters ?? [], document) as Parameter[];
  const params = parameterSchema(parameters, 'path');
  const querystring = parameterSchema(parameters, 'query');
  const body = bodyOf(requestBody);
  const [success, ...others] = Object.keys(responses).filter((status) => /^2\d\d$/.test(status));
  if (success === undefined || others.length > 0) {
    throw new Error(`${DOCUMENT}: ${operationId} needs exactly one status of success`);
  }
  return {
    operationId,
    name: SHORT_NAMES[operationId] ?? operationId,
    method: method.toUpperCase(),
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: {
      ...(params && { params }),
      ...(querystring && { querystring }),
      ...(body && { body: forValidator(body) }),
    },
    requestBody: withoutReferences(body, document) as JsonSchema | undefined,
    success: {
      status: Number(success),
      body: withoutReferences(bodyOf(responses[success]), document) as JsonSchema | undefined,
    },
    errors: Object.keys(responses)
      .filter((status) => status !== success)
      .map((status) => (status === 'default' ? 500 : Number(status))),
  };
}

/** Reads a specification, by default the one of this package. Throws if the file is missing or is not YAML. */
export function loadSpecification(file = FILE): Specification {
  const document = parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [specifiedOperation(document, path, method, operation)] : [];
    }),
  );
  const pattern = document.components.parameters['ConversationId']?.schema['pattern'];
  if (typeof pattern !== 'string') throw new Error(`${DOCUMENT} has no pattern for conversationId`);
  return {
    sharedSchemas: {
      $id: DOCUMENT,
      components: { schemas: forValidator(document.components.schemas) },
    },
    operations,
    conversationId: new RegExp(pattern),
  };
}

let packaged: Specification | undefined;

/** The specification of this package, read once. */
export function packagedSpecification(): Specification {
  return (packaged ??= loadSpecification());
}
