import {
  type Findings,
  GlobalDatastoreError,
  type GlobalReplicationGroup,
  type Operations,
} from '@global-datastore/client';
import { html } from 'htm/preact';
import type { FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { unreachableSince } from '../api.ts';
import { contract, describeOperation, loadContract, type OperationContract } from '../contract.ts';
import { Fact } from '../parts/fact.ts';
import { ProblemNotice } from '../parts/problem.ts';
import { type Action, actions } from './actions.ts';
import { useCandidates } from './candidates.ts';
import { type DryRun, useDryRun } from './dryRun.ts';
import { Fields, type FormContext, labelOf } from './field.ts';
import { FindingsPanel } from './findings.ts';
import { PendingNotice, pendingChange, sendChange } from './pendingChange.ts';
import { Remedies } from './remedies.ts';
import { type Path, pointerOf, type Values, withoutEmpty, withValue } from './values.ts';

export interface ChangeFormProps {
  readonly operation: keyof Operations;
  /** The values that the form opens with. Those of the path have no field. */
  readonly values: Values;
  readonly datastore?: GlobalReplicationGroup | undefined;
  /** The entity tag of the shown datastore: the change requires this state. */
  readonly etag?: string | undefined;
  readonly headingId: string;
  /** Values to choose from, which are not in the contract. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** The component that shows the effect of the change. By default it shows the checks and the plan. */
  readonly Outlook?: FunctionComponent<{ readonly dryRun: DryRun; readonly input: Values }>;
}

/** Shows the form of any change of the API. Its fields, limits and help are those of the contract. */
export function ChangeForm(props: ChangeFormProps) {
  const [error, setError] = useState<unknown>();
  useEffect(() => void loadContract().catch(setError), []);
  const described = contract.value && describeOperation(contract.value, props.operation);
  const action = actions[props.operation];
  if (error) return html`<h2 id=${props.headingId}>Form</h2><${ProblemNotice} error=${error} />`;
  if (!contract.value) return html`<h2 id=${props.headingId}>Form</h2><p class="loading">Reading the contract …</p>`;
  if (!described || !action)
    return html`<h2 id=${props.headingId}>Form</h2><p>There is no form for ${props.operation}.</p>`;
  return html`<${Form} ...${props} described=${described} action=${action} />`;
}

interface FormProps extends ChangeFormProps {
  readonly described: OperationContract;
  readonly action: Action;
}

/** The input of the user so far, and the state of the form. */
interface FormState {
  readonly input: Values;
  readonly touched: ReadonlySet<string>;
  /** True after the first attempt to send: then all violations are shown. */
  readonly isAttempted: boolean;
  readonly isSending: boolean;
  readonly typed: string;
  readonly error?: unknown;
}

function Form(props: FormProps) {
  const { operation, datastore, etag, described, action, headingId, Outlook = FindingsPanel } = props;
  const form = useRef<HTMLFormElement>(null);
  const [state, setState] = useState<FormState>(() => initialState(props));
  const update = (changed: Partial<FormState>) => setState((before) => ({ ...before, ...changed }));
  const input = withoutEmpty({
    ...(datastore && { GlobalReplicationGroupId: datastore.GlobalReplicationGroupId }),
    ...state.input,
  });
  const dryRun = useDryRun(operation, input, etag);
  const subject = { datastore, input };
  const expected = action.typed?.(subject);
  const isTyped = expected === undefined || state.typed.trim() === expected;
  const context = useContext(props, state, setState, dryRun, input);

  const send = async (event: Event) => {
    event.preventDefault();
    if (!isTyped || state.isSending) return void update({ isAttempted: true });
    update({ isAttempted: true, isSending: true, error: undefined });
    try {
      await sendChange(toPendingChange(props, input));
    } catch (error) {
      update({ isSending: false, error });
    }
  };
  useEffect(() => focusFirstMistake(form.current), [state.isAttempted, state.error]);

  return html`
    <form class="change" ref=${form} onSubmit=${send} noValidate aria-labelledby=${headingId}>
      <h2 id=${headingId}>${described.summary}</h2>
      <p class="muted">${described.description}</p>
      <${Place} values=${props.values} described=${described} />
      <${PendingNotice} />
      <${Refusal} error=${state.error} isShown=${!pendingChange.value} context=${context} />
      <div class="columns">
        <div class="fields"><${Fields} context=${context} schema=${described.input} path=${[]} value=${state.input} first=${action.first ?? []} /></div>
        <${Outlook} dryRun=${dryRun} input=${input} />
      </div>
      ${expected !== undefined && html`<${TypedName} expected=${expected} typed=${state.typed} isWrong=${state.isAttempted && !isTyped} change=${(typed: string) => update({ typed })} />`}
      <p class="buttons">
        <button type="submit" class=${`main ${action.isDangerous ? 'danger' : ''}`} disabled=${state.isSending}>${state.isSending ? 'Sending …' : action.verb}</button>
        ${state.isSending && unreachableSince.value !== undefined && html`<span role="status">There is no response yet. The page sends the change again under the same key.</span>`}
      </p>
    </form>`;
}

function initialState({ datastore, values, action }: FormProps): FormState {
  const input = { ...(datastore && action.initial?.(datastore)), ...values };
  return { input, touched: new Set(), isAttempted: false, isSending: false, typed: '' };
}

function toPendingChange({ operation, etag, described, datastore, values }: FormProps, input: Values) {
  const { properties = {} } = described.input;
  const place = datastore?.GlobalReplicationGroupId ?? values.OperationId ?? '';
  return {
    key: crypto.randomUUID(),
    operation,
    input,
    ...(described.takesIfMatch && { ifMatch: etag }),
    title: `${described.summary}${place && ` (${place})`}`,
    sentAt: new Date().toISOString(),
    isSecret: Object.keys(input).some((name) => properties[name]?.writeOnly || /AuthToken$/.test(name)),
  };
}

/**
 * Returns the context of the fields: the violations of the dry run and of the refusal, the choices, and the setter of values.
 */
function useContext(
  { operation, datastore, action, choices }: FormProps,
  state: FormState,
  setState: (update: (before: FormState) => FormState) => void,
  dryRun: DryRun,
  input: Values,
): FormContext {
  const violations = [
    ...violationsOf(dryRun.error),
    ...violationsOf(state.error),
    ...failedChecks(dryRun.findings?.Checks),
  ];
  const detailsOf = (pointer: string, isOfPlace: (violation: Violation) => boolean) =>
    state.isAttempted || state.touched.has(pointer)
      ? [...new Set(violations.filter(isOfPlace).map(({ detail }) => detail))]
      : [];
  const candidates = useCandidates(operation, input);
  return {
    document: contract.value ?? { paths: {}, components: {} },
    choices: { ...candidates, ...choices, ...action.choices?.({ datastore, input }) },
    isRefusedFor: (pointer) => violations.some((violation) => violation.pointer === pointer),
    violationsAt: (pointer) => detailsOf(pointer, (one) => one.pointer === pointer),
    violationsIn: (pointer) => detailsOf(pointer, (one) => `${one.pointer}/`.startsWith(`${pointer}/`)),
    change: (path: Path, value: unknown) =>
      setState((before) => ({
        ...before,
        error: undefined,
        touched: new Set([...before.touched, pointerOf(path)]),
        input: withValue(before.input, path, value),
      })),
  };
}

interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

/** Returns the violations of a refused request by the place of their field. A parameter of the query is a field, too. */
function violationsOf(error: unknown): Violation[] {
  const { errors = [], checks } = error instanceof GlobalDatastoreError ? error.problem : {};
  const violations = errors.map(({ pointer, parameter, detail }) => ({ pointer: pointer ?? `#/${parameter}`, detail }));
  return [...violations, ...failedChecks(checks)];
}

const failedChecks = (checks: Findings['Checks'] = []): Violation[] =>
  checks.flatMap(({ Outcome, Detail, ...rest }) => {
    const { Pointer } = rest as { readonly Pointer?: string };
    return Outcome === 'fail' && Pointer ? [{ pointer: Pointer, detail: Detail }] : [];
  });

/** Shows the values in the path of the request, such as the member to change. */
function Place({ values, described }: { readonly values: Values; readonly described: OperationContract }) {
  const inPath = Object.entries(values).filter(([name]) => !(name in (described.input.properties ?? {})));
  if (inPath.length === 0) return null;
  return html`<dl class="facts">${inPath.map(([name, value]) => html`<${Fact} key=${name} name=${labelOf(name)}>${value}<//>`)}</dl>`;
}

/** Shows the refusal of the API with its remedies. Violations are at their fields. */
function Refusal({ error, isShown }: { readonly error: unknown; readonly isShown: boolean }) {
  if (!error || !isShown) return null;
  return html`<div class="refusal" role="alert" tabindex="-1"><${ProblemNotice} error=${error} /><${Remedies} error=${error} /></div>`;
}

interface TypedNameProps {
  readonly expected: string;
  readonly typed: string;
  readonly isWrong: boolean;
  readonly change: (typed: string) => void;
}

/** Shows the field for the name that confirms the change. */
function TypedName({ expected, typed, isWrong, change }: TypedNameProps) {
  return html`
    <div class=${`field typed ${isWrong ? 'invalid' : ''}`}>
      <label for="typed-name">Type <code>${expected}</code> to confirm</label>
      <input id="typed-name" type="text" value=${typed} autocomplete="off" autocapitalize="none" spellcheck="false"
        aria-invalid=${isWrong} aria-describedby=${isWrong ? 'typed-name-violations' : undefined}
        onInput=${({ target }: Event) => change((target as HTMLInputElement).value)} />
      ${isWrong && html`<ul class="violations" id="typed-name-violations"><li>Service or data is at stake. Type ${expected}.</li></ul>`}
    </div>`;
}

/** Moves the focus to the first field with a violation, or else to the refusal. */
function focusFirstMistake(form: HTMLFormElement | null): void {
  const find = (selector: string) => form?.querySelector<HTMLElement>(selector);
  (find('[aria-invalid="true"]') ?? find('.refusal'))?.focus();
}
