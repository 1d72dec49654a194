import { ServerResponse } from 'node:http';

// Loaded before a program (--import) to let it run at another time: CLOCK_OFFSET_MS is added to the present time. Responses of its
// servers have that time, too, because the AWS SDK sends a request again if its clock is not that of the response.

const offset = Number(process.env.CLOCK_OFFSET_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts: [] | [number]) {
    if (parts.length === 0) super(RealDate.now() + offset);
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
} as DateConstructor;

const { writeHead } = ServerResponse.prototype;

ServerResponse.prototype.writeHead = function (this: ServerResponse, ...head: unknown[]) {
  this.setHeader('date', new Date().toUTCString());
  return Reflect.apply(writeHead, this, head);
} as typeof writeHead;
