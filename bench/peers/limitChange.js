// The limit of a change of ours, which also puts an audit entry.
import { putItem, respond } from './limit.js';

export const handler = (event) => respond(event, putItem);
