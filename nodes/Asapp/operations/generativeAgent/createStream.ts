import { optionalIdField } from '../../fields/text';
import { operation } from '../operation';

/** https://docs.asapp.com/apis/generativeagent/create-stream-url */
export const createStream = operation({
  option: {
    name: 'Create Stream',
    value: 'createStream',
    action: 'Create stream',
    description:
      'Get a URL for a stream of events. Whoever has the URL can connect once, within 30 seconds: treat it as a secret.',
  },
  endpoint: 'postStreams',
  fields: {},
  options: {
    streamId: optionalIdField({
      displayName: 'Stream ID',
      name: 'streamId',
      type: 'string',
      default: '',
      placeholder: 'e.g. n8n-support',
      description: 'The stream to connect to again, or a name for a new one; empty makes one up',
    }),
  },
  request: ({ streamId }) => ({ body: () => ({ streamId }) }),
  // Another URL for the same stream, and nothing else.
  effect: 'repeatable',
});
