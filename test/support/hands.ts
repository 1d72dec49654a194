import type { Locator, Page } from 'playwright-core';

/** A way to use a page. Names are those that screen readers say, up to a word such as `required`. */
export interface Hands {
  /** Activates a link, a button or a summary. */
  press(name: string): Promise<void>;
  /** Fills in a field. */
  fill(name: string, text: string): Promise<void>;
}

const pattern = (name: string): RegExp => new RegExp(`^${name.replace(/[.()]/g, '\\$&')}( required)?$`);

/** Uses a page with the mouse. An open dialog hides what is behind it. */
export function mouse(page: Page): Hands {
  const top = async (): Promise<Page | Locator> =>
    (await page.getByRole('dialog').count()) > 0 ? page.getByRole('dialog') : page;
  return {
    async press(name) {
      const scope = await top();
      const [link, button] = [
        scope.getByRole('link', { name: pattern(name) }),
        scope.getByRole('button', { name: pattern(name) }),
      ];
      await link.or(button).first().click();
    },
    async fill(name, text) {
      const field = (await top()).getByLabel(pattern(name));
      await field.waitFor();
      const isChoice = (await field.and(page.locator('select')).count()) > 0;
      await (isChoice ? field.selectOption(text) : field.fill(text));
    },
  };
}

/** Uses a page with the keyboard alone. */
export function keyboard(page: Page): Hands {
  /** Moves the focus with Tab until it is on an element with this name. */
  const tabTo = async (name: string) => {
    const names: string[] = [];
    for (let step = 0; step < 80; step++) {
      const focused = await page.evaluate<string>(nameOfFocus);
      if (pattern(name).test(focused)) return;
      names.push(focused);
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${name}, but ${[...new Set(names)].join(', ')}.`);
  };
  return {
    async press(name) {
      await tabTo(name);
      await page.keyboard.press('Enter');
    },
    async fill(name, text) {
      await tabTo(name);
      await page.keyboard.type(text);
    },
  };
}

/** The accessible name of the element with the focus, as far as the console needs it. */
export const nameOfFocus = `(({ ariaLabel, labels, innerText }) => (ariaLabel ?? labels?.[0]?.innerText ?? innerText).trim())(document.activeElement)`;
