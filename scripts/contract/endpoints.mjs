// The endpoints of the API description as TypeScript: what the node has to know of each to call it and to read its answer.

const METHODS = ['get', 'post'];

/**
 * @param {any} document the parsed specification
 * @returns {string}
 */
export function endpointsModule(document) {
  const endpoints = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const { operationId, responses } = item[method];
      return [operationId, { method: method.toUpperCase(), path, ...answerOf(document, responses) }];
    }),
  );
  return `// Generated from spec/asapp.openapi.yaml by npm run contract. Do not edit.

/** Every call of the specification by its operationId, with the status and the body of its success. */
export const ENDPOINTS = ${JSON.stringify(Object.fromEntries(endpoints))} as const;
`;
}

/** The success: its status, and of its body the keys with their types and those that are always there. */
function answerOf(document, responses) {
  const [status] = Object.keys(responses).filter((code) => /^2/.test(code));
  const schema = responses[status].content?.['application/json']?.schema;
  if (schema === undefined) return { success: Number(status) };
  const { properties = {}, required = [] } = resolved(document, schema);
  const types = Object.entries(properties).map(([name, property]) => [
    name,
    resolved(document, property).type,
  ]);
  return { success: Number(status), answer: { types: Object.fromEntries(types), required } };
}

function resolved(document, schema) {
  if (schema.$ref === undefined) return schema;
  const keys = schema.$ref.replace('#/', '').split('/');
  return resolved(
    document,
    keys.reduce((part, key) => part[key], document),
  );
}
