import { Fault, faultNames, isFaultName } from './fault.ts';
import { operationSchema } from './query.ts';

/** A fault to answer instead of executing an operation. */
export interface InjectedFault {
  /** An operation's name, or `*` for any. */
  Action: string;
  /** The SDK's class name of a modeled error, or the code of a common one. */
  Name: string;
  /** How many more calls get it. */
  Times: number;
  Region?: string;
  Message?: string;
}

/** The faults waiting for a call, oldest first. */
export class Injection {
  #waiting: InjectedFault[] = [];

  get waiting(): InjectedFault[] {
    return this.#waiting;
  }

  /** Adds one. Throws an Error that says what is right for one that is not understood. */
  add(given: unknown): InjectedFault {
    const injected = readInjected(given);
    this.#waiting.push(injected);
    return injected;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Throws the fault that waits for this call, if any. */
  strike(action: string, region: string): void {
    const injected = this.#waiting.find(
      ({ Action, Region = region }) => (Action === '*' || Action === action) && Region === region,
    );
    if (!injected || !isFaultName(injected.Name)) return;
    injected.Times--;
    if (injected.Times === 0) this.#waiting = this.#waiting.filter((other) => other !== injected);
    throw new Fault(injected.Name, injected.Message ?? `${injected.Name}, as the emulator was told.`);
  }
}

function readInjected(given: unknown): InjectedFault {
  if (typeof given !== 'object' || given === null) throw new Error('Give a JSON object with Action and Name.');
  const { Action = '*', Name, Times = 1, Region, Message, ...rest } = given as Record<string, unknown>;
  const unknown = Object.keys(rest);
  if (unknown.length > 0)
    throw new Error(`Unknown member ${unknown.join(', ')}; there are Action, Name, Times, Region and Message.`);
  if (typeof Action !== 'string' || (Action !== '*' && !operationSchema(Action)))
    throw new Error(`Action must be * or the name of an ElastiCache operation, not ${JSON.stringify(Action)}.`);
  if (typeof Name !== 'string' || !isFaultName(Name))
    throw new Error(`Name must be one of ${faultNames().join(', ')}, not ${JSON.stringify(Name)}.`);
  if (typeof Times !== 'number' || !Number.isInteger(Times) || Times < 1)
    throw new Error(`Times must be a whole number from 1, not ${JSON.stringify(Times)}.`);
  if (Region !== undefined && typeof Region !== 'string') throw new Error('Region must be a string.');
  if (Message !== undefined && typeof Message !== 'string') throw new Error('Message must be a string.');
  return { Action, Name, Times, ...(Region && { Region }), ...(Message && { Message }) };
}
