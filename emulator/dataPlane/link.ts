import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Passes data on in its order, each piece after the delay. While the link is silent it drops data. */
export function delayStream(link: () => { delayMs: number; isSilent: boolean }): Transform {
  let last: Promise<unknown> = Promise.resolve();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      last = Promise.all([last, sleep(link().delayMs)]).then(() => link().isSilent || this.push(chunk));
      done();
    },
    flush(done) {
      void last.then(() => done());
    },
  });
}
