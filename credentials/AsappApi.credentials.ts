import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IDataObject,
  IHttpRequestHelper,
  IHttpRequestOptions,
  Icon,
  INodeProperties,
} from 'n8n-workflow';

import { resolveBaseUrl } from '../nodes/Asapp/transport/baseUrl';
import { plainText } from '../nodes/Asapp/transport/plainText';
import { checkReachability } from '../nodes/Asapp/transport/reachability';

/**
 * ASAPP's API key: an id and a secret that go out as the headers `asapp-api-id` and `asapp-api-secret`
 * (security schemes API-ID and API-Secret of ASAPP's specifications).
 */
export class AsappApi implements ICredentialType {
  name = 'asappApi';

  displayName = 'ASAPP API';

  icon: Icon = { light: 'file:../icons/asapp.svg', dark: 'file:../icons/asapp.dark.svg' };

  documentationUrl = 'https://github.com/n8n-nodes-asapp/n8n-nodes-asapp/blob/main/docs/credential.md';

  properties: INodeProperties[] = [
    {
      displayName: 'Environment',
      name: 'environment',
      type: 'options',
      options: [
        {
          name: 'Sandbox',
          value: 'sandbox',
          description: "ASAPP's sandbox at api.sandbox.asapp.com",
        },
        {
          name: 'Production',
          value: 'production',
          description: 'Live customers, at api.asapp.com',
        },
        {
          name: 'Custom',
          value: 'custom',
          description: 'Another address, e.g. one that ASAPP gave you or a local ASAPP',
        },
      ],
      default: 'sandbox',
      description: 'The environment that the key is for: ASAPP issues a key for each',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: '',
      placeholder: 'e.g. https://api.example.com',
      hint: 'Must start with https://. For an ASAPP on this machine, http://127.0.0.1:4010 is accepted too.',
      description: 'Address of the ASAPP host, without the path of an API call',
      displayOptions: { show: { environment: ['custom'] } },
    },
    {
      displayName: 'API ID',
      name: 'apiId',
      type: 'string',
      required: true,
      default: '',
      description: 'From developer.asapp.com, under Apps, then API Keys',
    },
    {
      displayName: 'API Secret',
      name: 'apiSecret',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'Shown together with the API ID when the key is created',
    },
    {
      // n8n calls preAuthentication of credentials that have an expirable property, while that is empty. The node gives
      // it a value in its own requests, so that they go out alone.
      displayName: 'Reachability',
      name: 'reachability',
      type: 'hidden',
      typeOptions: { expirable: true },
      default: '',
    },
  ];

  /**
   * Runs before the request of a connection test, without the key: n8n shows a bare code such as ECONNREFUSED when a
   * host cannot be reached, and has no other place for words.
   */
  async preAuthentication(
    this: IHttpRequestHelper,
    credentials: ICredentialDataDecryptedObject,
  ): Promise<IDataObject> {
    const baseUrl = resolveBaseUrl(credentials);
    try {
      await checkReachability(
        baseUrl,
        async (): Promise<unknown> =>
          await this.helpers.httpRequest({
            method: 'GET',
            url: `${baseUrl}/v1/health`,
            ignoreHttpStatusErrors: true,
            disableFollowRedirect: true,
            timeout: 10_000,
          }),
      );
    } catch {
      throw new Error(
        `Could not reach ${new URL(baseUrl).host}. Check 'Environment' and 'Base URL', and that this n8n may connect to it.`,
      );
    }
    return {};
  }

  /** Adds the key to a request; a request for a bare path, such as the connection test's, goes to the credential's host. */
  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    requestOptions: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return {
      ...requestOptions,
      ...(isBarePath(requestOptions.url) ? { baseURL: resolveBaseUrl(credentials) } : {}),
      headers: {
        ...requestOptions.headers,
        // A key is pasted, and a line break or space at its end would make every request fail.
        'asapp-api-id': plainText(credentials.apiId),
        'asapp-api-secret': plainText(credentials.apiSecret),
      },
    };
  }

  test: ICredentialTestRequest = {
    request: { method: 'GET', url: '/v1/health', disableFollowRedirect: true, timeout: 10_000 },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            "ASAPP does not accept this key. Check 'API ID', 'API Secret' and that 'Environment' is the key's own.",
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message:
            'ASAPP knows this key but does not allow it here. Ask your ASAPP account team to enable it.',
        },
      },
    ],
  };
}

/** The HTTP Request node still hands over options that have a `uri` and no `url`. */
function isBarePath(url: string | undefined): boolean {
  return url?.startsWith('/') === true;
}
