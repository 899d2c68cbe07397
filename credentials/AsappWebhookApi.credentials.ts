import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/** Linting takes the name of this field for a secret and would have it masked; it is only what the secret is called. */
const secretName: INodeProperties = {
  displayName: 'Secret Name',
  name: 'secretName',
  type: 'string',
  required: true,
  default: 'x-asapp-webhook-secret',
  description:
    'Name of the header or of the URL parameter that carries the secret, as agreed with your ASAPP account team',
};

/**
 * What ASAPP's calls to the webhook of the ASAPP Trigger are recognized by. ASAPP documents a secret in a header or a
 * URL parameter for its other webhooks (https://docs.asapp.com/ai-productivity/ai-transcribe/siprec); for those of
 * GenerativeAgent it is to be arranged with the account team.
 *
 * The ASAPP Trigger tests it: there is no address to try a secret at, so only its form is checked.
 */
export class AsappWebhookApi implements ICredentialType {
  name = 'asappWebhookApi';

  displayName = 'ASAPP Webhook API';

  icon: Icon = { light: 'file:../icons/asapp.svg', dark: 'file:../icons/asapp.dark.svg' };

  documentationUrl =
    'https://github.com/n8n-nodes-asapp/n8n-nodes-asapp/blob/main/docs/events.md#asapp-trigger';

  properties: INodeProperties[] = [
    secretName,
    {
      displayName: 'Secret',
      name: 'secret',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'A long random text that only ASAPP and this n8n know',
    },
  ];
}
