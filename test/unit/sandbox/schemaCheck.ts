import axios from 'axios';
import Fastify, { type FastifyInstance } from 'fastify';

import { packagedSpecification, type JsonSchema } from '../../../sandbox/specification';

/** Checks values against schemas of the specification, with the words of the validator where they differ. */
export class SchemaCheck {
  private constructor(
    private readonly app: FastifyInstance,
    private readonly url: string,
  ) {}

  /** Checks against components of the specification, by their names. */
  static of(...names: string[]): Promise<SchemaCheck> {
    const { $id } = packagedSpecification().sharedSchemas;
    const reference = (name: string): JsonSchema => ({ $ref: `${String($id)}#/components/schemas/${name}` });
    return SchemaCheck.with(Object.fromEntries(names.map((name) => [name, reference(name)])));
  }

  /** Checks against the answers of successful operations, by their operationIds. */
  static ofAnswers(): Promise<SchemaCheck> {
    const answers = packagedSpecification().operations.flatMap(({ operationId, success }) =>
      success.body ? [[operationId, success.body] as const] : [],
    );
    return SchemaCheck.with(Object.fromEntries(answers));
  }

  private static async with(schemas: Readonly<Record<string, JsonSchema>>): Promise<SchemaCheck> {
    const app = Fastify({
      bodyLimit: 20_000_000,
      forceCloseConnections: true,
      ajv: {
        customOptions: { strict: true, coerceTypes: false, removeAdditional: false, useDefaults: false },
        onCreate: (ajv) => void ajv.addVocabulary(['components', 'example', 'x-secret']),
      },
    });
    app.addSchema(packagedSpecification().sharedSchemas);
    for (const [name, body] of Object.entries(schemas)) {
      app.post(`/${name}`, { schema: { body } }, async () => ({}));
    }
    return new SchemaCheck(app, await app.listen({ host: '127.0.0.1', port: 0 }));
  }

  /** What is wrong with a value; `valid` if nothing is. */
  async complaint(schema: string, value: object): Promise<string> {
    const { status, data } = await axios.post(`${this.url}/${schema}`, value, {
      validateStatus: () => true,
      proxy: false,
    });
    return status === 200 ? 'valid' : JSON.stringify(data);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
