import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';

import { AsappApi, type AsappApiContext } from './asappApi';
import { registerControl } from './control';
import { registerConversationControl } from './conversationControl';
import { AsappError, toAsappError } from './errors';
import { BODY_LIMIT } from './jsonBody';
import { registerPage } from './page/registerPage';
import { registerStreamControl } from './streamControl';
import type { Webhook } from './webhook';

function sendError(error: AsappError, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).send(error.toBody());
}

/** Builds the HTTP server of a sandbox, not yet listening. */
export async function createServer(
  context: AsappApiContext & { readonly webhook: Webhook },
  onUnknownPath: (method: string, path: string) => void,
): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 1024 },
    ajv: {
      customOptions: {
        strict: true,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        verbose: true,
      },
      // Words of OpenAPI that strict ajv would refuse.
      onCreate: (ajv) => void ajv.addVocabulary(['components', 'example']),
    },
    frameworkErrors: (error, _request, reply) => sendError(toAsappError(error), reply),
  });
  app.setErrorHandler<FastifyError | AsappError>((error, _request, reply) =>
    sendError(toAsappError(error), reply),
  );
  // A hook and not only a handler: the handler would come after the body was parsed and perhaps refused.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0] ?? request.url;
    onUnknownPath(request.method, path);
    await sendError(new AsappError(404, `ERROR - There is no ${request.method} ${path}`), reply);
  });
  registerPage(app, context);
  registerControl(app, context);
  registerConversationControl(app, context);
  registerStreamControl(app, context.streams, context.webhook);
  const api = new AsappApi(context);
  await app.register((scope) => api.register(scope));
  await app.ready();
  return app;
}
