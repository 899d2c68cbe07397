import { resolveBaseUrl } from '../../nodes/Asapp/transport/baseUrl';

const custom = (baseUrl: string): string => resolveBaseUrl({ environment: 'custom', baseUrl });

describe('an environment of its own', () => {
  test.each([
    ['sandbox', 'https://api.sandbox.asapp.com'],
    ['production', 'https://api.asapp.com'],
  ])('%s leads to %s', (environment, url) => {
    expect(resolveBaseUrl({ environment })).toBe(url);
  });

  test('a base URL left over from custom does not count', () => {
    expect(resolveBaseUrl({ environment: 'sandbox', baseUrl: 'https://evil.example' })).toBe(
      'https://api.sandbox.asapp.com',
    );
  });

  test.each(['', 'Sandbox', 'toString', '__proto__', 'constructor'])(
    'there is no environment %j',
    (environment) => {
      expect(() => resolveBaseUrl({ environment })).toThrow(
        "'Environment' must be Sandbox, Production or Custom",
      );
    },
  );

  test('no environment at all is refused', () => {
    expect(() => resolveBaseUrl({})).toThrow("'Environment'");
  });
});

describe('a custom base URL', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://api.example.com///', 'https://api.example.com'],
    ['https://API.Example.com', 'https://api.example.com'],
    ['HTTPS://api.example.com', 'https://api.example.com'],
    ['https://api.example.com:8443/', 'https://api.example.com:8443'],
    ['https://api.example.com:443', 'https://api.example.com'],
    ['  https://api.example.com\n', 'https://api.example.com'],
    ['https://api.example.com?key=1#top', 'https://api.example.com'],
  ])('%j leads to %s', (baseUrl, url) => {
    expect(custom(baseUrl)).toBe(url);
  });

  test.each([
    ['api.example.com', 'https://api.example.com'],
    ['api.example.com/', 'https://api.example.com'],
    ['api.example.com:8443', 'https://api.example.com:8443'],
    ['api.example.com/gateway', 'https://api.example.com/gateway'],
    ['localhost:4010', 'https://localhost:4010'],
  ])('%s without a scheme is https', (baseUrl, url) => {
    expect(custom(baseUrl)).toBe(url);
  });

  test.each([
    '/v1/health',
    '/v1',
    '/generativeagent/v1/analyze',
    '/generativeagent',
    '/generativeagent/',
    '/conversation/v1/conversations/01BX5ZZKBKACTAV9WEVGEMMVS0/authenticate',
    '/conversation/v1/conversations/{conversationId}/authenticate?x=1',
  ])('the pasted path %s is dropped, with and without a prefix', (path) => {
    expect(custom(`https://api.example.com${path}`)).toBe('https://api.example.com');
    expect(custom(`https://gateway.example.com/team/asapp${path}`)).toBe(
      'https://gateway.example.com/team/asapp',
    );
  });

  test.each(['/asapp', '/asapp/', '/v10', '/v1x', '/conversations', '/my-generativeagent', '/api/v2'])(
    "a gateway's own prefix %s is kept",
    (prefix) => {
      expect(custom(`https://gateway.example.com${prefix}`)).toBe(
        `https://gateway.example.com${prefix.replace(/\/$/, '')}`,
      );
    },
  );

  test.each([
    'http://localhost',
    'http://localhost:4010',
    'http://asapp.localhost:4010',
    'http://127.0.0.1:4010',
    'http://127.255.0.9',
    'http://[::1]:4010',
  ])('%s is this machine, where http is enough', (baseUrl) => {
    expect(custom(`${baseUrl}/v1/health`)).toBe(baseUrl);
  });

  test.each([
    'http://api.example.com',
    'http://10.0.0.1',
    'http://0.0.0.0:4010',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://example.com/localhost',
    'http://[::2]',
    'http://[fe80::1]',
    'ftp://api.example.com',
    'ws://127.0.0.1',
    'file:///etc/passwd',
  ])('%s is refused: https only', (baseUrl) => {
    expect(() => custom(baseUrl)).toThrow("'Base URL' must start with https://");
  });

  test.each([
    'https://user:word@api.example.com',
    'https://user@api.example.com',
    'https://:word@api.example.com',
    'http://user:word@127.0.0.1:4010',
    'api.example.com:8443@evil.example',
  ])('%s is refused without repeating it', (baseUrl) => {
    expect(() => custom(baseUrl)).toThrow(/^'Base URL' must not contain a user name or password$/);
  });

  test.each(['', ' ', '\n'])('%j is empty', (baseUrl) => {
    expect(() => custom(baseUrl)).toThrow("'Base URL' is empty");
  });

  test('a custom environment without base URL is empty too', () => {
    expect(() => resolveBaseUrl({ environment: 'custom' })).toThrow("'Base URL' is empty");
  });

  test.each([
    'https://',
    'https://a b',
    '://',
    '?',
    '=expression {{',
    'https://api.example.com:99999',
    'https://[::1',
  ])('%j is not a URL', (baseUrl) => {
    expect(() => custom(baseUrl)).toThrow("'Base URL' is not a URL");
  });
});
