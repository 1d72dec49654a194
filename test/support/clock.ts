import { ServerResponse } from 'node:http';

// Adds CLOCK_OFFSET_MS to the clock of a program that loads this file first (--import). The header `date` of its responses has
// that time, too, because the AWS SDK retries a request if its own clock differs from that of the response.

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
