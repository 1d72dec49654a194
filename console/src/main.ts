import { html, render } from 'htm/preact';
import { App } from './app.ts';
import { SignInGate } from './parts/signIn.ts';

const root = document.getElementById('app');
if (root) render(html`<${SignInGate}><${App} /></${SignInGate}>`, root);
