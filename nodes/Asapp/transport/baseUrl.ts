import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { plainText } from './plainText';

/** ASAPP's hosts, from https://docs.asapp.com/getting-started/developers. */
const HOSTS = new Map([
  ['sandbox', 'https://api.sandbox.asapp.com'],
  ['production', 'https://api.asapp.com'],
]);

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A path of the API itself, pasted together with the host; anything before it is a gateway's own prefix and stays. */
const API_PATH = /\/(generativeagent|conversation|v1)(\/.*)?$/;

/**
 * Where the credential's `environment` and `baseUrl` lead: an absolute URL without trailing slash, query or hash.
 *
 * @throws Error whose message names 'Base URL' and the way out: empty, not a URL, http to another machine
 * (ASAPP answers https only), or a user name inside the URL.
 */
export function resolveBaseUrl(credentials: ICredentialDataDecryptedObject): string {
  const environment = plainText(credentials.environment);
  if (environment !== 'custom') {
    const host = HOSTS.get(environment);
    if (host === undefined) throw new Error("'Environment' must be Sandbox, Production or Custom");
    return host;
  }
  const text = plainText(credentials.baseUrl);
  if (text === '') {
    throw new Error(
      "'Base URL' is empty: enter the address of your ASAPP host, e.g. https://api.example.com",
    );
  }
  if (!URL.canParse(withScheme(text))) {
    throw new Error("'Base URL' is not a URL: enter an address such as https://api.example.com");
  }
  const url = new URL(withScheme(text));
  if (!isConfidential(url)) {
    throw new Error(
      "'Base URL' must start with https://; http:// is accepted for this machine only (localhost)",
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error("'Base URL' must not contain a user name or password");
  }
  return url.origin + url.pathname.replace(API_PATH, '').replace(/\/+$/, '');
}

/** Whether what is sent to this URL cannot be read on the way: https, or http that does not leave this machine. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}
