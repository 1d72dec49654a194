import { Fault, isFaultName, listFaultNames } from '../protocol/fault.ts';
import { findOperationSchema } from '../protocol/queryProtocol.ts';

/** A wrong answer, waiting for a call it fits. */
export interface InjectedFault {
  /** An operation's name, or `*` for any. */
  Action: string;
  /** The SDK's class name of a modeled error, or the code of a common one. Either this or Network. */
  Name?: string;
  /** `reset` breaks the connection, `hang` never answers. */
  Network?: 'reset' | 'hang';
  /** True: the operation is executed, only its answer is lost. False (the default): nothing happens. */
  Executed: boolean;
  /** How many more calls get it. */
  Times: number;
  Region?: string;
  Message?: string;
}

/** The wrong answers waiting for a call, oldest first. */
export class FaultInjector {
  #waiting: InjectedFault[] = [];

  get waiting(): InjectedFault[] {
    return this.#waiting;
  }

  /** Adds one. Throws an Error that says what is right for one that is not understood. */
  add(given: unknown): InjectedFault {
    const injected = parseInjectedFault(given);
    this.#waiting.push(injected);
    return injected;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The wrong answer for this call, used up once more, or undefined. */
  take(action: string, region: string): InjectedFault | undefined {
    const injected = this.#waiting.find(
      ({ Action, Region = region }) => (Action === '*' || Action === action) && Region === region,
    );
    if (!injected) return undefined;
    injected.Times--;
    if (injected.Times === 0) this.#waiting = this.#waiting.filter((other) => other !== injected);
    return injected;
  }
}

/** What an injected wrong answer throws when it breaks or holds the connection. */
export class NetworkFault extends Error {
  readonly kind: 'reset' | 'hang';

  constructor(kind: 'reset' | 'hang') {
    super(kind);
    this.kind = kind;
  }
}

/** Throws what was injected. */
export function applyFault({ Name, Network, Message }: InjectedFault): never {
  if (Network) throw new NetworkFault(Network);
  if (Name && isFaultName(Name)) throw new Fault(Name, Message ?? `${Name}, as the emulator was told.`);
  throw new Error(`Cannot inject ${Name}`);
}

const MEMBERS = ['Action', 'Name', 'Network', 'Executed', 'Times', 'Region', 'Message'];

function parseInjectedFault(given: unknown): InjectedFault {
  if (typeof given !== 'object' || given === null) throw new Error('Give a JSON object with Action and Name.');
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name));
  if (unknown) throw new Error(`Unknown member ${unknown}; there are ${MEMBERS.join(', ')}.`);
  const {
    Action = '*',
    Name,
    Network,
    Executed = false,
    Times = 1,
    Region,
    Message,
  } = given as Record<string, unknown>;
  if (typeof Action !== 'string' || (Action !== '*' && !findOperationSchema(Action)))
    throw new Error(`Action must be * or the name of an ElastiCache operation, not ${JSON.stringify(Action)}.`);
  if ((Name === undefined) === (Network === undefined)) throw new Error('Give either Name or Network.');
  if (Name !== undefined && (typeof Name !== 'string' || !isFaultName(Name)))
    throw new Error(`Name must be one of ${listFaultNames().join(', ')}, not ${JSON.stringify(Name)}.`);
  if (Network !== undefined && Network !== 'reset' && Network !== 'hang')
    throw new Error(`Network must be reset or hang, not ${JSON.stringify(Network)}.`);
  if (typeof Executed !== 'boolean') throw new Error('Executed must be true or false.');
  if (typeof Times !== 'number' || !Number.isInteger(Times) || Times < 1)
    throw new Error(`Times must be a whole number from 1, not ${JSON.stringify(Times)}.`);
  if (Region !== undefined && typeof Region !== 'string') throw new Error('Region must be a string.');
  if (Message !== undefined && typeof Message !== 'string') throw new Error('Message must be a string.');
  return {
    Action,
    ...(Name !== undefined && { Name }),
    ...(Network !== undefined && { Network }),
    Executed,
    Times,
    ...(Region !== undefined && { Region }),
    ...(Message !== undefined && { Message }),
  };
}
