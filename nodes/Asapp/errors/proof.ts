import type { HttpFailure } from '../transport/exchange';

/**
 * What Node's TLS says of a certificate that it refuses, which it does before it writes the request: the codes of
 * OpenSSL's X509_verify_cert_error_string, and Node's own for a name that does not match.
 */
const REFUSED_CERTIFICATE =
  /^(UNABLE_TO_\w+|CERT_\w+|CRL_\w+|ERROR_IN_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Whether a code says that the host's certificate was refused. */
export function isRefusedCertificate(code = ''): boolean {
  return REFUSED_CERTIFICATE.test(code);
}

/**
 * Whether a failed exchange proves that nothing arrived: the name was not found, the connection was not made, or the
 * certificate was refused. Any other code proves nothing, as the same ones come before and after a request is written.
 */
export function provesNothingArrived({ code, syscall }: HttpFailure): boolean {
  if (syscall !== undefined) return syscall === 'connect' || /^(getaddrinfo|query)/.test(syscall);
  // These come from no other call; n8n before 2.34 tells the code alone.
  return isRefusedCertificate(code) || /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(code ?? '');
}
