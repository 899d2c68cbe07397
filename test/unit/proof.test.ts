import { provesNothingArrived } from '../../nodes/Asapp/errors/proof';
import { toFailure } from '../../nodes/Asapp/transport/exchange';

const failed = (facts: object, inner?: Error[]): boolean => {
  const error = inner === undefined ? new Error('failed') : new AggregateError(inner);
  return provesNothingArrived(toFailure(Object.assign(error, facts), 'asapp', 30));
};
const inner = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });

test.each([
  ['a name that is unknown', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
  ['a name that could not be looked up', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }],
  ['a name that was looked up by a server', { code: 'ESERVFAIL', syscall: 'queryA' }],
  ['a connection that was refused', { code: 'ECONNREFUSED', syscall: 'connect' }],
  ['a host that cannot be reached when connecting', { code: 'EHOSTUNREACH', syscall: 'connect' }],
  ['a connection that is not made in time', { code: 'ETIMEDOUT', syscall: 'connect' }],
  ['a code of connecting, without the call', { code: 'ECONNREFUSED' }],
  ["n8n's own refusal of an address", { name: 'SsrfBlockedIpError' }],
  ...[
    ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ...['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH', 'INVALID_CA'],
  ].map((code): [string, object] => [`a certificate that was refused: ${code}`, { code }]),
])('%s proves that nothing arrived', (_name, facts) => {
  expect(failed(facts)).toBe(true);
});

test.each([
  ['a host that cannot be reached any more', { code: 'EHOSTUNREACH', syscall: 'read' }],
  ['a network that is gone', { code: 'ENETUNREACH', syscall: 'write' }],
  ['the same without the call', { code: 'EHOSTUNREACH' }],
  ['a reset', { code: 'ECONNRESET', syscall: 'read' }],
  ['a pipe that broke', { code: 'EPIPE', syscall: 'write' }],
  ['a timeout while reading', { code: 'ETIMEDOUT', syscall: 'read' }],
  ['a corrupted record', { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }],
  ['an alert', { code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' }],
  ['an error of the protocol', { code: 'EPROTO', syscall: 'write' }],
  ['any other error of TLS', { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }],
  ['no code at all', {}],
])('%s proves nothing', (_name, facts) => {
  expect(failed(facts)).toBe(false);
});

test('of several addresses, each has to have failed while connecting', () => {
  const refused = inner('ECONNREFUSED', 'connect');
  expect(failed({ code: 'ETIMEDOUT' }, [refused, inner('ETIMEDOUT', 'connect')])).toBe(true);
  expect(failed({ code: 'ETIMEDOUT' }, [refused, inner('ETIMEDOUT', 'read')])).toBe(false);
  expect(failed({ code: 'ETIMEDOUT' }, [])).toBe(false);
});
