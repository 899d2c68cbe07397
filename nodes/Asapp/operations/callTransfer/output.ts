import type { IDataObject } from 'n8n-workflow';

import { isJsonObject } from '../../transport/jsonObject';

/** A transfer as ASAPP answers it, without the credentials of the return call, and with the status in capitals. */
export function transferOf(answer: IDataObject): IDataObject {
  const { sip, status } = answer;
  return {
    ...answer,
    // ASAPP's pages write it in capitals and in small letters.
    ...(typeof status === 'string' ? { status: status.toUpperCase() } : {}),
    ...(isJsonObject(sip) ? { sip: withoutCredentials(sip) } : {}),
  };
}

function withoutCredentials({ returnInviteAuthentication: _credentials, ...sip }: IDataObject): IDataObject {
  return sip;
}
