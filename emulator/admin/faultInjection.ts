import { metricsAction } from '../cloudWatch/getMetricData.ts';
import { Fault, isFaultName, listFaultNames } from '../protocol/fault.ts';
import { findOperationSchema } from '../protocol/queryProtocol.ts';
import { findSecretAction } from '../secretsManager/actions.ts';
import { identityAction } from '../sts/getCallerIdentity.ts';

/** A fault that replaces the response of matching calls. */
export interface InjectedFault {
  /** The name of an action, or `*` for any. */
  Action: string;
  /** The SDK's class name of a modeled error, or the code of a common error. Excludes `Network`. */
  Name?: string;
  /** `reset` closes the connection, `hang` sends no response. Excludes `Name`. */
  Network?: 'reset' | 'hang';
  /** True: the action responds as usual, and its change ends without an effect. Excludes `Name` and `Network`. */
  Dropped?: true;
  /** True: the action runs and only its response is lost. Default: false, the action does not run. */
  Executed: boolean;
  /** Number of calls left to fail. */
  Times: number;
  Region?: string;
  Message?: string;
}

/** The pending faults, oldest first. */
export class FaultInjector {
  #pending: InjectedFault[] = [];

  get pending(): InjectedFault[] {
    return this.#pending;
  }

  /**
   * Adds a fault.
   * @throws Error if the input is invalid. The message lists the valid values.
   */
  add(body: unknown): InjectedFault {
    const injected = parseInjectedFault(body);
    this.#pending.push(injected);
    return injected;
  }

  clear(): void {
    this.#pending = [];
  }

  /** Returns the fault for a call, if any, and decrements its `Times`. */
  take(action: string, region: string): InjectedFault | undefined {
    const injected = this.#pending.find(
      ({ Action, Region = region }) => (Action === '*' || Action === action) && Region === region,
    );
    if (!injected) return undefined;
    injected.Times--;
    if (injected.Times === 0) this.#pending = this.#pending.filter((other) => other !== injected);
    return injected;
  }
}

/** Thrown by an injected fault that closes or holds the connection. */
export class NetworkFault extends Error {
  readonly kind: 'reset' | 'hang';

  constructor(kind: 'reset' | 'hang') {
    super(kind);
    this.kind = kind;
  }
}

/** Throws the injected fault. */
export function applyFault({ Name, Network, Message }: InjectedFault): never {
  if (Network) throw new NetworkFault(Network);
  if (Name && isFaultName(Name)) throw new Fault(Name, Message ?? `${Name}, injected by the emulator.`);
  throw new Error(`Cannot inject ${Name}`);
}

const MEMBERS = ['Action', 'Name', 'Network', 'Dropped', 'Executed', 'Times', 'Region', 'Message'];

function parseInjectedFault(body: unknown): InjectedFault {
  if (typeof body !== 'object' || body === null) throw new Error('Give a JSON object with Action and Name.');
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown) throw new Error(`Unknown member ${unknown}. Use one of ${MEMBERS.join(', ')}.`);
  const {
    Action = '*',
    Name,
    Network,
    Dropped,
    Executed = false,
    Times = 1,
    Region,
    Message,
  } = body as Record<string, unknown>;
  if (typeof Action !== 'string' || (Action !== '*' && !isAction(Action)))
    throw new Error(`Action must be * or the name of an action, not ${JSON.stringify(Action)}.`);
  if ([Name, Network, Dropped].filter((kind) => kind !== undefined).length !== 1)
    throw new Error('Give one of Name, Network and Dropped.');
  if (Name !== undefined && (typeof Name !== 'string' || !isFaultName(Name)))
    throw new Error(`Name must be one of ${listFaultNames().join(', ')}, not ${JSON.stringify(Name)}.`);
  if (Network !== undefined && Network !== 'reset' && Network !== 'hang')
    throw new Error(`Network must be reset or hang, not ${JSON.stringify(Network)}.`);
  if (Dropped !== undefined && Dropped !== true) throw new Error('Dropped must be true.');
  if (typeof Executed !== 'boolean') throw new Error('Executed must be true or false.');
  if (typeof Times !== 'number' || !Number.isInteger(Times) || Times < 1)
    throw new Error(`Times must be an integer of at least 1, not ${JSON.stringify(Times)}.`);
  if (Region !== undefined && typeof Region !== 'string') throw new Error('Region must be a string.');
  if (Message !== undefined && typeof Message !== 'string') throw new Error('Message must be a string.');
  return {
    Action,
    ...(Name !== undefined && { Name }),
    ...(Network !== undefined && { Network }),
    ...(Dropped !== undefined && { Dropped }),
    Executed,
    Times,
    ...(Region !== undefined && { Region }),
    ...(Message !== undefined && { Message }),
  };
}

const isAction = (name: string): boolean =>
  [identityAction, metricsAction].includes(name) || Boolean(findOperationSchema(name) ?? findSecretAction(name));
