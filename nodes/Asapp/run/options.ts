import { deliveryOptions, replyTimeout } from '../fields/deliveryOptions';
import { readerOf, type Values } from '../fields/field';

const fields = { ...deliveryOptions, replyTimeout };

/** The numbers that shape how items are delivered. Both time limits are an item's own, in seconds. */
export type DeliveryOptions = Values<typeof fields>;

/**
 * The delivery options as an item sees them; the run goes by those of its first item. Throws AsappError `invalidInput` for
 * a number out of range.
 */
export const readDeliveryOptions = readerOf(fields, 'options.');
