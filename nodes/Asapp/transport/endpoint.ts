import { ENDPOINTS } from './endpoints';
import type { HttpRequest } from './exchange';

/** A call of ASAPP's API: an operationId of the specification. */
export type EndpointId = keyof typeof ENDPOINTS;

/** What the specification says of a call. */
export interface Endpoint {
  method: 'GET' | 'POST';
  /** With `{name}` where a parameter stands. */
  path: string;
  /** The documented status of a success. */
  success: number;
  /** The documented body of a success: the types of its keys, and those that are always there. None: no body. */
  answer?: { types: Readonly<Record<string, string>>; required: readonly string[] };
}

/** The moment of sending as text, in UTC; of several that are sent together, each `index` is a microsecond later. */
export type Moment = (index?: number) => string;

/** What one request puts into a call. Absent and undefined parameters are left out. */
export interface RequestParts {
  path?: Record<string, string>;
  query?: Record<string, string | undefined>;
  header?: Record<string, string | undefined>;
  body?(moment: Moment): object;
}

/** The call with this operationId. */
export function endpointOf(id: EndpointId): Endpoint {
  return ENDPOINTS[id];
}

/** The HTTP request of a call; what comes from an item cannot lead to another path. */
export function requestTo(
  id: EndpointId,
  { path, query, header }: Omit<RequestParts, 'body'>,
  body?: object,
): HttpRequest {
  const { method, path: template } = endpointOf(id);
  const request: HttpRequest = { method, path: path === undefined ? template : filled(template, path) };
  if (query !== undefined) {
    const search = new URLSearchParams(present(query)).toString();
    if (search !== '') request.path += `?${search}`;
  }
  if (header !== undefined) request.headers = present(header);
  if (body !== undefined) request.body = body;
  return request;
}

function filled(template: string, path: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(path[name] ?? ''));
}

function present(values: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(values).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return Object.fromEntries(entries);
}
