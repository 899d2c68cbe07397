import type { IDataObject } from 'n8n-workflow';

import type { operations } from '../contract';
import type { Fields, Values } from '../fields/field';
import type { EndpointId, Moment, RequestParts } from '../transport/endpoint';

/**
 * What happens at ASAPP when the same request arrives twice. `read`: nothing at all. `repeatable`: the same as when it
 * arrives once. `once`: something is there or is said twice, so it may never be sent again unless it cannot have arrived.
 */
export type Effect = 'read' | 'repeatable' | 'once';

/** A list in an answer whose entries become items: its key, and how many entries at most (all if undefined). */
export interface AnswerList<V> {
  key: string;
  limit?(values: V): number | undefined;
}

/** A message as it stands in the body of a request. */
export interface SaidMessage {
  text: string;
  sender: { role: string; externalId: string };
  timestamp: string;
}

/** What a request says in a conversation, so that it can be found there when its answer is lost. */
export interface Saying<V> {
  /** The messages in a body, in their order; none if it says nothing. */
  messages(body: IDataObject): SaidMessage[];
  /** What ASAPP would have answered, by the IDs of the messages. */
  answer(messageIds: string[], values: V): IDataObject;
  /** A body with these messages only, where a request can say several. */
  bodyOf?(messages: SaidMessage[]): IDataObject;
}

/** What every operation declares. */
interface Declaration<F extends Fields, O extends Fields> {
  /** The entry in the editor's Operation list. `value` is saved in workflows. */
  option: { name: string; value: string; action: string; description: string };
  /** The fields in the order of the editor; which resource and operation they belong to is added by the resource. */
  fields: F;
  /** Its entries in the Options collection, beside those that every operation has. */
  options: O;
  effect: Effect | ((values: Values<F> & Values<O>) => Effect);
  /** The field whose value items have to share to go one after another, in order; without it each item goes alone. */
  lane?: keyof F & string;
  list?: AnswerList<Values<F> & Values<O>>;
  /** The output item of an answer, if it is not just the answer; where a success has no body, `answer` is empty. */
  output?(values: Values<F> & Values<O>, answer: IDataObject): IDataObject;
  /** The conversation in which GenerativeAgent answers, if that can be waited for. The body then takes a `streamId`. */
  repliesIn?(values: Values<F> & Values<O>): string;
  saying?: Saying<Values<F> & Values<O>>;
}

/** An operation that is one call of the specification, by its operationId. */
interface Definition<Id extends EndpointId, F extends Fields, O extends Fields, R> extends Declaration<F, O> {
  endpoint: Id;
  /** What the call gets. The same request sent again has the same body. */
  request(values: Values<F> & Values<O>): R;
}

/** An operation for which an item decides between calls. */
interface ChoiceDefinition<Id extends EndpointId, F extends Fields, O extends Fields> extends Declaration<
  F,
  O
> {
  endpoints: readonly Id[];
  /** One of the calls, made by {@link call}. */
  request(values: Values<F> & Values<O>): Call<Id>;
}

/** What an item was read as, by the names of its operation's fields and options. */
export type ItemValues = Record<string, unknown>;

/** A call and what it gets. */
export interface Call<Id extends EndpointId = EndpointId> {
  endpoint: Id;
  parts: RequestParts;
}

/** A declared operation, for code that does the same with each. */
export interface Operation {
  option: { name: string; value: string; action: string; description: string };
  endpoints: readonly EndpointId[];
  fields: Fields;
  options: Fields;
  request(values: ItemValues): Call;
  effect(values: ItemValues): Effect;
  /** Name of the parameter whose value names the lane. */
  lane: string | undefined;
  list: AnswerList<ItemValues> | undefined;
  output(values: ItemValues, answer: IDataObject): IDataObject;
  repliesIn: ((values: ItemValues) => string) | undefined;
  saying: Saying<ItemValues> | undefined;
  /** The value of the lane's field: the conversation that the item is about. */
  conversationOf(values: ItemValues): string | undefined;
}

/** Declares an operation. What the specification does not have, and what lacks a required part of it, does not compile. */
export function operation<
  Id extends EndpointId,
  F extends Fields,
  O extends Fields,
  R extends SpecifiedRequest<Id>,
>(definition: Definition<Id, F, O, R & NoExcess<R, SpecifiedRequest<Id>>>): Operation {
  const { endpoint, request } = definition as Definition<Id, Fields, Fields, RequestParts>;
  return declared(definition as Declaration<Fields, Fields>, [endpoint], (values) => ({
    endpoint,
    parts: request(values),
  }));
}

/** Declares an {@link operation} that makes one of several calls. */
export function operationOfSeveral<Id extends EndpointId, F extends Fields, O extends Fields>(
  definition: ChoiceDefinition<Id, F, O>,
): Operation {
  const { endpoints, request } = definition as ChoiceDefinition<Id, Fields, Fields>;
  return declared(definition as Declaration<Fields, Fields>, endpoints, request);
}

/** A call of the specification with what it gets, checked like that of an {@link operation}. */
export function call<Id extends EndpointId, R extends SpecifiedRequest<Id>>(
  endpoint: Id,
  parts: R & NoExcess<R, SpecifiedRequest<Id>>,
): Call<Id> {
  return { endpoint, parts: parts as RequestParts };
}

function declared(
  { option, fields, options, effect, lane, list, output, repliesIn, saying }: Declaration<Fields, Fields>,
  endpoints: readonly EndpointId[],
  request: Operation['request'],
): Operation {
  return {
    option,
    endpoints,
    fields,
    options,
    request,
    effect: typeof effect === 'string' ? () => effect : effect,
    lane: lane === undefined ? undefined : fields[lane]?.properties[0].name,
    list,
    output: output ?? ((_values, answer) => answer),
    repliesIn,
    saying,
    conversationOf: (values) => (lane === undefined ? undefined : String(values[lane])),
  };
}

type Parameters<Id extends EndpointId> = operations[Id] extends { parameters: infer P } ? P : never;
type Part<P, Key extends string> = P extends { [K in Key]?: infer Value } ? Exclude<Value, undefined> : never;
type Body<Id extends EndpointId> = operations[Id] extends {
  requestBody: { content: { 'application/json': infer B } };
}
  ? B
  : never;

/** The same shape, where undefined stands for a key that may be left out: JSON leaves it out, too. */
type Sendable<T> =
  T extends ReadonlyArray<infer Entry>
    ? Array<Sendable<Entry>>
    : T extends object
      ? { [K in keyof T]: object extends Pick<T, K> ? Sendable<T[K]> | undefined : Sendable<T[K]> }
      : T;

/** Nothing where the specification has none, else exactly that part. */
type PartOf<Id extends EndpointId, Key extends 'path' | 'query' | 'header'> = [
  Part<Parameters<Id>, Key>,
] extends [never]
  ? { [K in Key]?: never }
  : object extends Part<Parameters<Id>, Key>
    ? { [K in Key]?: Sendable<Part<Parameters<Id>, Key>> }
    : { [K in Key]: Sendable<Part<Parameters<Id>, Key>> };

/** The parts of a call as the specification has them. `body` is made when it is first sent. */
export type SpecifiedRequest<Id extends EndpointId> = PartOf<Id, 'path'> &
  PartOf<Id, 'query'> &
  PartOf<Id, 'header'> &
  ([Body<Id>] extends [never] ? { body?: never } : { body: (moment: Moment) => Sendable<Body<Id>> });

/** `Given`, with `never` for each key that `Shape` does not have: the compiler lets a function return more than asked. */
type NoExcess<Given, Shape> = Given extends (...values: never[]) => infer Result
  ? Shape extends (...values: infer Arguments) => infer Expected
    ? (...values: Arguments) => NoExcess<Result, Expected>
    : never
  : Given extends readonly unknown[]
    ? Given
    : Given extends object
      ? string extends KeyOf<Shape> | keyof Given
        ? Given
        : {
            [K in keyof Given]: K extends KeyOf<Shape> ? NoExcess<Given[K], ValueOf<Shape, K>> : never;
          }
      : Given;

/** The keys of all members of a union. */
type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;

/** What members of a union have under a key. */
type ValueOf<Shape, Key> = Shape extends unknown
  ? Key extends keyof Shape
    ? NonNullable<Shape[Key]>
    : never
  : never;
