import { isRefusedCertificate, provesNothingArrived } from '../../../nodes/Asapp/errors/proof';

const failed = (code: string | undefined, syscall?: string) =>
  provesNothingArrived({
    host: 'h',
    code,
    reason: 'r',
    timedOut: false,
    timeoutSeconds: 1,
    ...(syscall === undefined ? {} : { syscall }),
  });

test.each([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('%s is a certificate that was refused, which proves that nothing arrived', (code) => {
  expect(isRefusedCertificate(code)).toBe(true);
  expect(failed(code)).toBe(true);
});

test.each([
  undefined,
  '',
  'CERT_',
  'CRL_',
  'ERROR_IN_',
  'UNABLE_TO_',
  'XCERT_HAS_EXPIRED',
  'INVALID_CAT',
  'EPROTO',
])('%s is none', (code) => {
  expect(isRefusedCertificate(code)).toBe(false);
  expect(failed(code)).toBe(false);
});

test.each(['connect', 'getaddrinfo', 'queryA', 'queryAaaa'])('%s failed: nothing arrived', (syscall) => {
  expect(failed('ANY', syscall)).toBe(true);
});

test.each(['read', 'write', 'xgetaddrinfo', 'xquery', 'reconnect', ''])(
  '%s failed: that proves nothing',
  (syscall) => {
    expect(failed('ECONNREFUSED', syscall)).toBe(false);
  },
);

test.each<[string | undefined, boolean]>([
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
  ['EAI_AGAIN', true],
  ['ECONNRESET', false],
  ['XECONNREFUSED', false],
  ['ENOTFOUNDX', false],
  [undefined, false],
])('%s without the call: %s', (code, expected) => {
  expect(failed(code)).toBe(expected);
});
