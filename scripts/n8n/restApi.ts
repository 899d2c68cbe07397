/** Who may sign in to an n8n. */
export interface Login {
  email: string;
  password: string;
}

/** n8n refused a request; `status` is its HTTP status. */
export class RestError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The interface that n8n's own editor uses, after signing in. */
export interface RestApi {
  /** `name=value` of the session. */
  cookie: string;
  /** The `data` of n8n's answer. Throws {@link RestError}. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
}

/**
 * Signs in as the owner; an n8n without an owner gets this one.
 *
 * @throws RestError with status 401 if the owner has another email or password.
 */
export async function signIn(url: string, login: Login): Promise<RestApi> {
  const settings = (await (await send(url, 'GET', '/settings')).json()) as {
    data: { userManagement: { showSetupOnFirstLoad: boolean } };
  };
  const isNew = settings.data.userManagement.showSetupOnFirstLoad;
  const answer = isNew
    ? await send(url, 'POST', '/owner/setup', { ...login, firstName: 'Local', lastName: 'Owner' })
    : await send(url, 'POST', '/login', { emailOrLdapLoginId: login.email, password: login.password });
  const [cookie = ''] = answer.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
  return openSession(url, cookie);
}

/** The interface for somebody who has signed in; `cookie` is that of {@link RestApi}. */
export function openSession(url: string, cookie: string): RestApi {
  return {
    cookie,
    request: async (method, path, body) => {
      const response = await send(url, method, path, body, cookie);
      return ((await response.json()) as { data: unknown }).data;
    },
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  cookie = '',
): Promise<Response> {
  const response = await fetch(`${url}/rest${path}`, {
    method,
    // n8n closes connections that were idle for seconds, and one that is just being closed would be used again.
    headers: {
      cookie,
      connection: 'close',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return response;
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  throw new RestError(`n8n refused ${method} ${path}: ${message ?? response.statusText}`, response.status);
}
