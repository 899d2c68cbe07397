import { startHttpServer } from '../../support/servers';

/** A message of OpenAI's Chat Completions API, as far as it is looked at. */
interface Message {
  role: string;
  content?: unknown;
}

interface CompletionRequest {
  model: string;
  messages: Message[];
  tools?: Array<{ function: { name: string } }>;
}

/** A chat model on this machine that speaks OpenAI's Chat Completions API. */
export interface ChatModel {
  /** For the `url` of an OpenAI credential. */
  readonly url: string;
  /** What the tool gave to the model, call by call. */
  readonly toolResults: string[];
  close(): Promise<void>;
}

/**
 * Starts a model that calls the first tool it is offered, with these arguments, and then repeats what the tool gave as
 * its own answer.
 */
export async function startChatModel(args: Readonly<Record<string, unknown>>): Promise<ChatModel> {
  const toolResults: string[] = [];
  const answer = ({ messages, tools }: CompletionRequest) => {
    const result = messages.filter(({ role }) => role === 'tool').at(-1);
    if (result === undefined) {
      const name = tools?.[0]?.function.name;
      if (name === undefined) return { content: 'There is no tool.' };
      const call = { id: 'call-1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
      return { content: null, tool_calls: [call] };
    }
    toolResults.push(String(result.content));
    return { content: `The tool says: ${String(result.content)}` };
  };
  const server = await startHttpServer((_request, response) => {
    // The agent waits for each answer, so the last request is this one.
    const body = JSON.parse(server.requests.at(-1)?.body ?? '') as CompletionRequest;
    const message = { role: 'assistant', ...answer(body) };
    const finish_reason = 'tool_calls' in message ? 'tool_calls' : 'stop';
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        id: 'completion-1',
        object: 'chat.completion',
        created: 0,
        model: body.model,
        choices: [{ index: 0, message, finish_reason }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      }),
    );
  });
  return { url: `${server.url}/v1`, toolResults, close: server.close };
}
