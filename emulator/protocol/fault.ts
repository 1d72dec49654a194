import * as sdk from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';

/** An error response. The SDK's class name determines the wire code and the HTTP status. */
export class Fault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(name: FaultName, message: string) {
    super(message);
    this.name = name;
    ({ code: this.code, status: this.status } = wireErrorOf(name));
  }
}

export function invalidValue(message: string): Fault {
  return new Fault('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): Fault {
  return new Fault('InvalidParameterCombinationException', message);
}

export type FaultName = ModeledFault | keyof typeof commonErrors | keyof typeof secretErrors;

/** Every error the SDK models for ElastiCache, by class name. */
export type ModeledFault = Exclude<
  { [K in keyof typeof sdk]: (typeof sdk)[K] extends new (...args: never[]) => Error ? K : never }[keyof typeof sdk],
  'ElastiCacheServiceException'
>;

/**
 * Errors that any AWS Query service may return. They are not in the service model, so the wire code is the name.
 * Codes and statuses: "Common Errors" of the ElastiCache API reference; SignatureDoesNotMatch, NoSuchVersion,
 * MalformedInput, UnknownOperationException, RequestEntityTooLarge and MethodNotAllowed as other Query services
 * return them (unverified for ElastiCache).
 */
export const commonErrors = {
  AccessDenied: 403,
  AccessDeniedException: 403,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  MalformedInput: 400,
  MalformedQueryString: 404,
  MethodNotAllowed: 405,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  MissingParameter: 400,
  NoSuchVersion: 400,
  NotAuthorized: 400,
  OptInRequired: 403,
  RequestEntityTooLarge: 413,
  RequestExpired: 400,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ThrottlingException: 400,
  UnknownOperationException: 404,
  UnrecognizedClient: 403,
  UnrecognizedClientException: 403,
  ValidationError: 400,
} as const;

/** The errors of Secrets Manager for the emulated actions (its API reference). The wire code is the name. */
const secretErrors = {
  DecryptionFailure: 400,
  InternalServiceError: 500,
  InvalidParameterException: 400,
  InvalidRequestException: 400,
  ResourceExistsException: 400,
  ResourceNotFoundException: 400,
  SerializationException: 400,
} as const;

/** Returns all valid fault names, modeled errors first. */
export function listFaultNames(): FaultName[] {
  return [...modeledErrors.keys(), ...Object.keys(commonErrors), ...Object.keys(secretErrors)] as FaultName[];
}

export function isFaultName(name: string): name is FaultName {
  return modeledErrors.has(name) || Object.hasOwn(commonErrors, name) || Object.hasOwn(secretErrors, name);
}

interface WireError {
  code: string;
  status: number;
}

/** First item of an error schema of the SDK. */
const ERROR_SHAPE = -3;

const modeledErrors = new Map(Object.values(sdk).flatMap(toModeledErrors));

function toModeledErrors(shape: unknown): [string, WireError][] {
  if (!Array.isArray(shape) || shape[0] !== ERROR_SHAPE) return [];
  const { awsQueryError } = NormalizedSchema.of(shape as never).getMergedTraits() as {
    awsQueryError?: [string, number];
  };
  return awsQueryError ? [[String(shape[2]), { code: awsQueryError[0], status: awsQueryError[1] }]] : [];
}

function wireErrorOf(name: FaultName): WireError {
  const statuses: Readonly<Record<string, number>> = { ...commonErrors, ...secretErrors };
  return modeledErrors.get(name) ?? { code: name, status: statuses[name] ?? 500 };
}
