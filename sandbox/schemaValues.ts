import type { JsonSchema } from './specification';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

type Properties = Readonly<Record<string, JsonSchema>>;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties of an object schema, with those of the schemas it is made of. Of alternatives, those of all. */
export function propertiesOf(schema: JsonSchema): Properties {
  const parts = ['allOf', 'oneOf'].flatMap((keyword) => (schema[keyword] ?? []) as JsonSchema[]);
  return Object.assign({}, ...parts.map(propertiesOf), schema['properties']) as Properties;
}

/**
 * A value that a schema allows: the example it gives, or one that is made of those of its parts. What is `given` under
 * the name of a property is taken from there.
 */
export function exampleOf(schema: JsonSchema, given: Readonly<Record<string, unknown>> = {}): unknown {
  const [alternative] = (schema['oneOf'] ?? []) as JsonSchema[];
  if (alternative) return exampleOf(alternative, given);
  if (schema['allOf']) {
    const parts = (schema['allOf'] as JsonSchema[]).map((part) => exampleOf(part, given) as object);
    return Object.assign({}, ...parts) as unknown;
  }
  const properties = Object.entries((schema['properties'] ?? {}) as Properties);
  if (properties.length > 0) {
    return Object.fromEntries(
      properties.map(([name, property]) => {
        const value = given[name];
        return [name, typeof value === property['type'] ? value : exampleOf(property, given)];
      }),
    );
  }
  if ('example' in schema) return schema['example'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown;
  switch (schema['type']) {
    case 'array':
      return [exampleOf(schema['items'] as JsonSchema, given)];
    case 'object':
      return {};
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1;
    default:
      return schema['format'] === 'date-time' ? new Date().toISOString() : 'text';
  }
}

/** Whether a schema has a part that is marked as secret. */
export function hasSecrets(schema: JsonSchema | undefined): boolean {
  if (schema === undefined) return false;
  return schema['x-secret'] === true || Object.values(propertiesOf(schema)).some(hasSecrets);
}

/** A value without its secrets: what the schema marks as one, and what it does not know. */
export function redacted(value: unknown, schema: JsonSchema): unknown {
  if (schema['x-secret'] === true) {
    if (!isObject(value)) return REDACTED;
    return Object.fromEntries(Object.keys(value).map((name) => [name, REDACTED]));
  }
  const properties = propertiesOf(schema);
  if (!isObject(value))
    return typeof value === schema['type'] && typeof value !== 'object' ? value : REDACTED;
  if (Object.keys(properties).length === 0) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => {
      const property = properties[name];
      return [name, property ? redacted(entry, property) : REDACTED];
    }),
  );
}
