import {
  ICredentialsHelper,
  type ICredentialDataDecryptedObject,
  type ICredentials,
  type ICredentialType,
  type ICredentialsExpressionResolveValues,
  type IDataObject,
  type IExecuteData,
  type IHttpRequestHelper,
  type IHttpRequestOptions,
  type INode,
  type INodeCredentialsDetails,
  type INodeParameters,
  type INodeProperties,
  type WorkflowExecuteMode,
} from 'n8n-workflow';

/**
 * Credentials of a run, kept in memory. Calls a credential type's `authenticate` and `preAuthentication` when n8n's
 * own helper does (packages/cli/src/credentials-helper.ts of n8n).
 */
export class InMemoryCredentials extends ICredentialsHelper {
  constructor(
    private readonly typeOf: (name: string) => ICredentialType,
    private readonly data: Record<string, ICredentialDataDecryptedObject>,
  ) {
    super();
  }

  getParentTypes(): string[] {
    return [];
  }

  isCredentialUsableByNode(): boolean {
    return true;
  }

  getCredentialsProperties(type: string): INodeProperties[] {
    return this.typeOf(type).properties;
  }

  async getDecrypted(
    _additionalData: unknown,
    _details: INodeCredentialsDetails,
    type: string,
    mode: WorkflowExecuteMode = 'manual',
    executeData?: IExecuteData,
    _raw?: boolean,
    values?: ICredentialsExpressionResolveValues,
  ): Promise<ICredentialDataDecryptedObject> {
    const data = this.data[type];
    if (data === undefined) throw new Error(`No credential of type "${type}" was given to this run`);
    const defaults = Object.fromEntries(
      this.getCredentialsProperties(type).map((property) => [property.name, property.default]),
    );
    const whole = { ...defaults, ...data } as ICredentialDataDecryptedObject;
    return values === undefined ? whole : resolved(whole, mode, executeData, values);
  }

  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    type: string,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    const { authenticate } = this.typeOf(type);
    return typeof authenticate === 'function' ? await authenticate(credentials, options) : options;
  }

  async preAuthentication(
    helpers: IHttpRequestHelper,
    credentials: ICredentialDataDecryptedObject,
    type: string,
    node: INode,
    credentialsExpired: boolean,
  ): Promise<ICredentialDataDecryptedObject | undefined> {
    const { preAuthentication, properties } = this.typeOf(type);
    const expirable = properties.find(
      (property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
    );
    if (preAuthentication === undefined || expirable === undefined) return undefined;
    const isTesting = node.parameters.temp === '' && node.type === 'n8n-nodes-base.noOp';
    if (credentials[expirable.name] !== '' && !credentialsExpired && !isTesting) return undefined;
    const output: IDataObject = await preAuthentication.call(helpers, credentials);
    return output[expirable.name] === undefined ? undefined : { ...credentials, ...(output as object) };
  }

  async runPreAuthentication(): Promise<undefined> {
    return undefined;
  }

  async getCredentials(): Promise<ICredentials> {
    throw new Error('Credentials of a run are in memory and cannot be updated');
  }

  async updateCredentials(): Promise<void> {}

  async updateCredentialsOauthTokenData(): Promise<void> {}
}

/** The expressions in a credential's fields, evaluated for an item. */
function resolved(
  data: ICredentialDataDecryptedObject,
  mode: WorkflowExecuteMode,
  executeData: IExecuteData | undefined,
  values: ICredentialsExpressionResolveValues,
): ICredentialDataDecryptedObject {
  const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = values;
  return workflow.expression.getParameterValue(
    data as INodeParameters,
    runExecutionData,
    runIndex,
    itemIndex,
    node.name,
    connectionInputData,
    mode,
    {},
    executeData,
    false,
    data as INodeParameters,
  ) as ICredentialDataDecryptedObject;
}
